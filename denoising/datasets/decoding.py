"""Decode the pictures of a data set, and bring them to one size."""

from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from joblib import Parallel, delayed
from tqdm import tqdm

from denoising.config.sources import FolderSource
from denoising.files.arrays import scratch_array
from denoising.files.errors import UserError, indented
from denoising.files.pictures import read_picture
from denoising.files.scaling import resized

MANY, CHUNK = 2000, 50  # pictures that are worth starting processes for; pictures a process takes
DEEPEST = 65535.0  # white of 16 bits


class Decoded(NamedTuple):
    """Some pictures, ``uint8``, (N, H, W, C), the whites found in those of 16 bits, and mistakes.

    `whites` has the places of these pictures as keys. `deep` is the number of pictures of more than
    8 bits.
    """

    images: np.ndarray
    whites: dict[int, float]
    deep: int
    mistakes: list[str]


def read_all(source: FolderSource, paths: list[Path]) -> np.ndarray:
    """Return pictures as ``uint8``, (N, H, W, C), mapped from a file.

    One error names all that cannot be read.

    Many are read in several processes. Threads would wait for each other: for small pictures, most
    of the time is spent in Python.
    """
    shape = (source.height, source.width, source.channels)
    images = scratch_array((len(paths), *shape), np.uint8)
    mistakes: list[str] = []
    whites: dict[int, float] = {}
    deep = 0
    starts = range(0, len(paths), CHUNK)
    jobs = Parallel(n_jobs=-1 if len(paths) >= MANY else 1, return_as="generator")
    with tqdm(total=len(paths), desc="pictures") as progress:
        parts: Any = jobs(
            delayed(_read_some)(paths[start : start + CHUNK], shape, source.white)
            for start in starts
        )
        for start, part in zip(starts, parts, strict=True):
            images[start : start + len(part.images)] = part.images
            whites |= {start + place: white for place, white in part.whites.items()}
            deep += part.deep
            mistakes += part.mistakes
            progress.update(len(part.images))
    if mistakes:
        raise UserError(
            f"Some files cannot be used as pictures:{indented(mistakes)}\nReplace or remove them."
        )
    if source.white is not None and not deep:
        print("`white` is not used: no picture has more than 8 bits.")
    if (white := max(whites.values(), default=DEEPEST)) < DEEPEST:
        print(f"Pictures of 16 bits: white at {white:g}, as no value is above. `white` sets it.")
    for number, found in whites.items():  # a darker picture must not become brighter than others
        if found < white:
            images[number] = resized(read_picture(paths[number], white), *shape)
    return images


def _read_some(paths: list[Path], shape: tuple[int, int, int], white: float | None) -> Decoded:
    images, whites, mistakes = np.zeros((len(paths), *shape), dtype=np.uint8), {}, []
    deep = 0
    for place, path in enumerate(paths):
        try:
            picture = read_picture(path, white)
            images[place] = resized(picture, *shape)
        except UserError as error:
            named = str(path) in str(error)
            mistakes.append(str(error) if named else f"{path}: {error}")
            continue
        deep += picture.stored != np.uint8
        if picture.stored == np.uint16 and white is None:
            whites[place] = picture.scale.white
    return Decoded(images, whites, deep, mistakes)
