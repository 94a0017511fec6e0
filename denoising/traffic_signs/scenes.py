"""Rendered patches of road scenes: traffic signs, and distractors that resemble them.

A sign is a stack of flat shapes, seen at an angle, in varying light, sometimes partly covered, out
of focus or in motion, in front of a crop of a photograph. Distractors (shop signs, tail lights,
wheels, gables) go through the same steps; a third of the objects pasted into scenes are
distractors.
"""

from functools import cache
from typing import NamedTuple

import numpy as np
from scipy.ndimage import convolve1d, gaussian_filter

from denoising.datasets.sample_photographs import read_photograph
from denoising.seeding import generator

SIDE = 32  # pixels of a patch
SAMPLES = 3  # supersampling per side: 3×3 samples are averaged to a pixel
# The two motorcycle photographs show one scene from two viewpoints, so only the left one is used.
PHOTOGRAPHS = {
    "train": (
        "astronaut.png",
        "coffee.png",
        "motorcycle_left.png",
        "brick.png",
        "grass.png",
        "flower.jpg",
    ),
    "test": ("china.jpg", "chelsea.png", "rocket.jpg", "camera.png", "gravel.png"),
}

Colour = tuple[float, float, float]
"""Red, green and blue, in [0, 1]."""

RED, BLUE, YELLOW = (0.75, 0.08, 0.10), (0.05, 0.22, 0.62), (0.95, 0.72, 0.08)
WHITE, BLACK, GREY = (0.92, 0.92, 0.92), (0.06, 0.06, 0.06), (0.45, 0.45, 0.45)
GREEN = (0.10, 0.45, 0.20)


class Shape(NamedTuple):
    """A flat shape on a sign, in units of the sign's radius.

    Attributes
    ----------
    outline : a key of `OUTLINES`.
    size : horizontal and vertical radius.
    centre : relative to the sign's centre; y grows downwards.
    """

    outline: str
    size: tuple[float, float]
    colour: Colour
    centre: tuple[float, float] = (0.0, 0.0)


def _polygon(x: np.ndarray, y: np.ndarray, corners: int, turn: float) -> np.ndarray:
    middles = turn + 2 * np.pi * (np.arange(corners) + 0.5) / corners
    across = [x * np.cos(angle) + y * np.sin(angle) for angle in middles]
    return np.max(across, axis=0) / np.cos(np.pi / corners)


OUTLINES = {
    "triangle": lambda x, y: _polygon(x, y, 3, -np.pi / 2),
    "diamond": lambda x, y: _polygon(x, y, 4, 0.0),
    "octagon": lambda x, y: _polygon(x, y, 8, np.pi / 8),
    "disc": np.hypot,
    "box": lambda x, y: np.maximum(np.abs(x), np.abs(y)),
}
"""Outlines as functions of x and y that are at most 1 inside. y grows downwards."""


def _centred(outline: str, radius: float, colour: Colour) -> Shape:
    return Shape(outline, (radius, radius), colour)


def _symbol(random: np.random.Generator, colour: Colour, reach: float) -> list[Shape]:
    """Return a few bars and blobs that stand for a pictogram or digits."""
    return [
        Shape(
            random.choice(["box", "disc"]),
            tuple(random.uniform(0.06, 0.5 * reach, 2)),
            colour,
            tuple(random.uniform(-0.5 * reach, 0.5 * reach, 2)),
        )
        for _ in range(random.integers(1, 4))
    ]


def warning(random: np.random.Generator) -> list[Shape]:
    """Return a warning sign: a triangle with a red rim and a black symbol."""
    plate = [_centred("triangle", 1, RED), _centred("triangle", 0.68, WHITE)]
    return plate + _symbol(random, BLACK, 0.35)


def prohibition(random: np.random.Generator) -> list[Shape]:
    """Return a prohibition sign or a speed limit: a red ring, usually with a black symbol."""
    symbol = _symbol(random, BLACK, 0.6) if random.random() < 0.8 else []
    return [_centred("disc", 1, RED), _centred("disc", 0.75, WHITE), *symbol]


def stop(random: np.random.Generator) -> list[Shape]:
    """Return a stop sign: a red octagon with four white letters, drawn as bars."""
    letters = [Shape("box", (0.09, 0.24), WHITE, (x, 0.0)) for x in (-0.54, -0.18, 0.18, 0.54)]
    return [_centred("octagon", 1, WHITE), _centred("octagon", 0.92, RED), *letters]


def mandatory(random: np.random.Generator) -> list[Shape]:
    """Return a mandatory sign: a blue disc with a white arrow."""
    arrow = [Shape("box", (0.12, 0.5), WHITE, (0.0, 0.1))]
    arrow.append(Shape("triangle", (0.4, 0.4), WHITE, (0.0, -0.35)))
    return [_centred("disc", 1, WHITE), _centred("disc", 0.93, BLUE), *arrow]


def priority(random: np.random.Generator) -> list[Shape]:
    """Return a priority sign: a yellow diamond with a white rim."""
    return [_centred("diamond", 1, WHITE), _centred("diamond", 0.7, YELLOW)]


SIGNS = (warning, prohibition, stop, mandatory, priority)


def distractor(random: np.random.Generator) -> list[Shape]:
    """Return an object with the shape or the colours of a sign, but not both."""
    sign_colours, other_colours = (RED, BLUE, YELLOW), (WHITE, BLACK, GREY, GREEN)
    if random.random() < 0.5:  # a wheel, a gable, a clock, a hatch
        outline = random.choice(["triangle", "disc", "octagon", "diamond"])
        rim, plate = random.permutation(len(other_colours))[:2]
        colours = other_colours[rim], other_colours[plate]
        shape = (1.0, 1.0)
    else:  # an advertisement, a tail light, a shop sign, a parked car
        outline = "box"
        colours = sign_colours[random.integers(3)], WHITE
        shape = (1.0, float(random.uniform(0.4, 1.0)))
    inner = float(random.uniform(0.3, 0.85))
    plates = [Shape(outline, shape, colours[0])]
    if random.random() < 0.7:
        plates.append(Shape(outline, (inner * shape[0], inner * shape[1]), colours[1]))
    return plates + (_symbol(random, BLACK, 0.5) if random.random() < 0.5 else [])


def render(seed: int, split: str, number: int) -> tuple[np.ndarray, np.ndarray]:
    """Render patches: half of them with a sign, and half of the rest with a distractor.

    Parameters
    ----------
    split : ``train`` or ``test``; they share neither photographs nor random streams.
    number : number of patches, N. A patch depends on its index, not on N.

    Returns
    -------
    patches, ``float32`` in [0, 1], (N, 32, 32, 3); labels, int, (N,), 1 for a sign.
    """
    labels = np.arange(number) % 2
    patches = np.stack(
        [_patch(generator(seed, "scenes", split, index), split, index) for index in range(number)]
    )
    return patches.astype(np.float32), labels


def _patch(random: np.random.Generator, split: str, index: int) -> np.ndarray:
    scene = _background(random, split)
    if index % 2:
        scene = _paste(random, scene, SIGNS[random.integers(len(SIGNS))](random))
    elif index % 4:
        scene = _paste(random, scene, distractor(random))
    return _photographed(random, scene)


@cache
def _photographs(split: str) -> list[list[np.ndarray]]:
    """Return the photographs of a split, each at full, half and quarter size."""
    pyramids = []
    for name in PHOTOGRAPHS[split]:
        photograph = read_photograph(name) / 255
        sizes = [np.repeat(photograph, 3 // photograph.shape[2], axis=2)]
        for _ in range(2):
            height, width = (side // 2 * 2 for side in sizes[-1].shape[:2])
            sizes.append(
                sizes[-1][:height, :width].reshape(height // 2, 2, width // 2, 2, 3).mean((1, 3))
            )
        pyramids.append(sizes)
    return pyramids


def _background(random: np.random.Generator, split: str) -> np.ndarray:
    """Return a crop of a photograph, at a random scale."""
    pyramids = _photographs(split)
    photograph = pyramids[random.integers(len(pyramids))][random.integers(3)]
    top, left = (random.integers(side - SIDE + 1) for side in photograph.shape[:2])
    crop = photograph[top : top + SIDE, left : left + SIDE]
    return crop[:, ::-1] if random.random() < 0.5 else crop


def _paste(random: np.random.Generator, scene: np.ndarray, shapes: list[Shape]) -> np.ndarray:
    """Paste an object into a scene: turned, tilted, weathered, lit, sometimes partly covered."""
    x, y = _perspective(random)
    colour, opaque = np.zeros((*x.shape, 3)), np.zeros(x.shape, dtype=bool)
    for shape in shapes:
        (across, down), (right, low) = shape.size, shape.centre
        inside = OUTLINES[shape.outline]((x - right) / across, (y - low) / down) <= 1
        colour[inside] = shape.colour
        opaque |= inside
    weathered = random.uniform(0, 0.35)
    colour = (1 - weathered) * colour + weathered * 0.5
    colour = np.clip(random.uniform(0.4, 1.15) * colour, 0, 1)
    if random.random() < 0.35:
        opaque &= ~_covered(random, x, y)
    opaque = opaque[..., None].astype(float)
    shape = (SIDE, SAMPLES, SIDE, SAMPLES, -1)
    alpha = opaque.reshape(shape).mean((1, 3))
    return (1 - alpha) * scene + (colour * opaque).reshape(shape).mean((1, 3))


def _perspective(random: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Return the coordinates of the patch's samples in the plane of a sign of radius 1.

    The radius is 7 to 14 pixels; the sign leans by a few degrees and is seen at an angle of up to
    45°.
    """
    radius = random.uniform(7, 14)
    shift = random.uniform(-2, 2, size=2)
    lean = np.deg2rad(random.normal(0, 6))
    yaw, pitch = np.deg2rad(random.uniform((-45, -15), (45, 15)))
    places = (np.arange(SIDE * SAMPLES) + 0.5) / SAMPLES - SIDE / 2
    across, down = np.meshgrid((places - shift[0]) / radius, (places - shift[1]) / radius)
    nearer = 1 + 0.25 * (across * np.sin(yaw) + down * np.sin(pitch))
    across, down = across / np.cos(yaw) * nearer, down / np.cos(pitch) * nearer
    x = across * np.cos(lean) + down * np.sin(lean)
    return x, down * np.cos(lean) - across * np.sin(lean)


def _covered(random: np.random.Generator, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Return a mask of the samples hidden by a branch or another car, about a third at most."""
    angle = random.uniform(0, 2 * np.pi)
    along = x * np.cos(angle) + y * np.sin(angle)
    ripple = 0.1 * np.sin(random.uniform(3, 9) * (y * np.cos(angle) - x * np.sin(angle)))
    return along + ripple > random.uniform(0.3, 0.9)


def _photographed(random: np.random.Generator, scene: np.ndarray) -> np.ndarray:
    """Light the scene, and blur it by defocus and motion."""
    light = random.uniform(0.35, 1.1) * random.uniform(0.92, 1.08, size=3)
    scene = light * scene ** random.uniform(0.8, 1.3)
    if random.random() < 0.3:  # the shadow of a house or a tree
        angle, place = random.uniform(0, 2 * np.pi), random.uniform(-8, 8)
        rows, columns = np.mgrid[:SIDE, :SIDE] - SIDE / 2
        shaded = rows * np.sin(angle) + columns * np.cos(angle) > place
        scene = np.where(shaded[..., None], random.uniform(0.4, 0.8) * scene, scene)
    focus = random.uniform(0, 1.2)
    scene = gaussian_filter(scene, (focus, focus, 0), mode="nearest")
    if random.random() < 0.3:  # sideways motion, as seen from a moving car
        length = random.integers(2, 6)
        scene = convolve1d(scene, np.full(length, 1 / length), axis=1, mode="nearest")
    return np.clip(scene, 0, 1)
