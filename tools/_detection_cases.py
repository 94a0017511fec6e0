"""Pictures with and without noise, to which the detection of noise is fitted."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
from PIL import Image, ImageDraw, ImageFont
from tqdm import tqdm

from denoising.files.errors import UserError
from tools import _noisy_cases as noise

SIDE = 224  # pixels, the longest side of a case
SCALES = (1, 0.8, 0.6, 2)  # of the photographs, in turn: some are sharper, some softer
QUIET = (0.8, 0.6)  # scales at which photographs have no noise of their own: shrinking averages it
CAMERAS = ("Canon5D2", "Canon600D")  # whose real pairs are used; the others are left for tests
GREY = 6  # every sixth photograph
CLEAN = 3  # parts of a photograph without noise
KINDS = 2  # of noise added to a photograph, at random
DRAWINGS, DRAWING_KINDS = 40, 2
LEVELS = (4, 40)  # of 255
QUALITIES = (60, 97)  # of JPEG
WORDS = "The quick brown fox 0123"


class Case(NamedTuple):
    """A picture and the same without noise, ``uint8``, (H, W, C); one array if there is none."""

    noisy: np.ndarray
    clean: np.ndarray


def made_cases(folder: Path, random: np.random.Generator) -> Iterator[Case]:
    """Yield crops of photographs in a folder, and drawings, without noise and with several kinds.

    Raises
    ------
    UserError
        There are no photographs in the folder.
    """
    paths = sorted(path for path in folder.glob("*") if path.suffix.lower() in (".jpg", ".png"))
    if not paths:
        raise UserError(f"There are no photographs (.jpg, .png) in {folder}.")
    for number, path in enumerate(tqdm(paths, desc="photographs")):
        scale, grey = SCALES[number % len(SCALES)], number % GREY == GREY - 1
        for _ in range(CLEAN if scale in QUIET else 0):
            yield from _without_noise(_crop(path, scale, grey, random), random)
        yield from _with_noise(_crop(path, scale, grey, random), KINDS, random)
    for number in range(DRAWINGS):
        drawing = _drawing(number, random)
        yield from _without_noise(drawing, random)
        yield from _with_noise(drawing, DRAWING_KINDS, random)


def pairs(folder: Path) -> Iterator[Case]:
    """Yield the middles of real pairs, ``…_real.JPG`` and ``…_mean.JPG``, and of the latter alone.

    Raises
    ------
    UserError
        There are none.
    """
    paths = sorted(path for name in CAMERAS for path in folder.glob(f"{name}_*_real.JPG"))
    if not paths:
        raise UserError(f"There are no pairs, {CAMERAS[0]}…_real.JPG and …_mean.JPG, in {folder}.")
    for path in tqdm(paths, desc="pairs"):
        noisy = _middle(np.asarray(Image.open(path)))
        clean = _middle(np.asarray(Image.open(path.with_name(path.name.replace("real", "mean")))))
        yield Case(noisy, clean)
        yield Case(clean, clean)


def _middle(pixels: np.ndarray) -> np.ndarray:
    """Return the middle of a picture, in whole blocks of a JPEG file."""
    top, left = (max(0, (size - SIDE) // 2) // 8 * 8 for size in pixels.shape[:2])
    return np.ascontiguousarray(pixels[top : top + SIDE, left : left + SIDE])


def _crop(path: Path, scale: float, grey: bool, random: np.random.Generator) -> np.ndarray:
    """Return a part of a photograph, at random, after scaling it."""
    picture = Image.open(path).convert("RGB")
    size = int(picture.width * scale), int(picture.height * scale)
    pixels = np.asarray(picture.resize(size, Image.Resampling.BOX))
    top, left = (int(random.integers(0, max(1, side - SIDE))) for side in pixels.shape[:2])
    cut = pixels[top : top + SIDE, left : left + SIDE]
    return cut.mean(axis=2, keepdims=True).astype(np.uint8) if grey else np.ascontiguousarray(cut)


def _with_noise(clean: np.ndarray, kinds: int, random: np.random.Generator) -> Iterator[Case]:
    """Yield a picture with several kinds of noise."""
    width, soft = (float(random.uniform(*ends)) for ends in ((0.4, 1.5), (0.3, 0.9)))
    known: list[Callable[[float], np.ndarray]] = [
        lambda level: noise.white(clean, level, random),
        lambda level: _jpeg(noise.white(clean, level, random), random),
        lambda level: noise.grain(clean, level, random, width),
        lambda level: noise.photons(clean, level, random),
        lambda level: noise.shrunk(clean, level, random),
    ]
    if clean.shape[2] == 3:
        known += [
            lambda level: noise.camera(clean, level, random),
            lambda level: _jpeg(noise.camera(clean, level, random), random),
            lambda level: _jpeg(noise.blurred(noise.camera(clean, level, random), soft), random),
            lambda level: _jpeg(noise.mosaic(clean, level, random), random),
        ]
    for number in random.permutation(len(known))[:kinds]:
        level = float(np.exp(random.uniform(*np.log(LEVELS))))
        yield Case(known[number](level), clean)


def _without_noise(clean: np.ndarray, random: np.random.Generator) -> Iterator[Case]:
    """Yield a picture as it is, and as JPEG."""
    yield Case(clean, clean)
    compressed = _jpeg(clean, random)
    yield Case(compressed, compressed)


def _jpeg(picture: np.ndarray, random: np.random.Generator) -> np.ndarray:
    subsampling = "4:2:0" if random.random() < 0.5 else "4:4:4"
    return noise.jpeg(picture, int(random.integers(*QUALITIES)), subsampling)


def _drawing(number: int, random: np.random.Generator) -> np.ndarray:
    """Return shapes, lines and words, with smooth edges or without, on white or on a colour."""

    def colour() -> tuple[int, int, int]:
        red, green, blue = random.integers(0, 256, 3)
        return int(red), int(green), int(blue)

    picture = Image.new("RGB", (2 * SIDE, 2 * SIDE), colour() if number % 3 else "white")
    draw = ImageDraw.Draw(picture)
    for _ in range(random.integers(5, 60)):
        left, top = (int(place) for place in random.integers(0, 2 * SIDE, 2))
        width, height = (int(size) for size in random.integers(4, 160, 2))
        box = (left, top, left + width, top + height)
        match random.integers(4):
            case 0:
                draw.rectangle(box, fill=colour())
            case 1:
                draw.ellipse(box, fill=colour(), outline="black")
            case 2:
                draw.line(box, fill=colour(), width=int(random.integers(1, 6)))
            case _:
                font = ImageFont.load_default(float(random.integers(14, 40)))
                draw.text((left, top), WORDS, fill=colour(), font=font)
    if number % 2:
        picture = picture.resize((SIDE, SIDE), Image.Resampling.BOX)
    pixels = np.asarray(picture)[:SIDE, :SIDE]
    if number % 4 == 3:
        shade = np.linspace(0, 60, SIDE)[:, None, None]
        pixels = np.clip(0.7 * pixels + shade, 0, 255)
    return np.ascontiguousarray(pixels.astype(np.uint8))
