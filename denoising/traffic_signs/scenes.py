"""Patches as a camera in a car sees them: traffic signs on photographs, and what resembles them.

A sign is a stack of flat shapes. It is seen from an angle, in some light, partly covered, out of
focus or in motion, in front of a crop of a photograph. Distractors (shop signs, tail lights,
wheels, gables) go through the same steps: a third of what is pasted into a scene is no sign.
"""

from functools import cache
from typing import NamedTuple

import numpy as np
from scipy.ndimage import convolve1d, gaussian_filter

from denoising.datasets.sample_photographs import read_photograph
from denoising.seeding import generator

SIDE = 32  # pixels of a patch
SAMPLES = 3  # a side, per pixel, of what is averaged to a pixel
# The two photographs of the motorcycle are one scene from two places: the right one is not used.
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

RED, BLUE, YELLOW = (0.75, 0.08, 0.10), (0.05, 0.22, 0.62), (0.95, 0.72, 0.08)
WHITE, BLACK, GREY, GREEN = (0.92,) * 3, (0.06,) * 3, (0.45,) * 3, (0.10, 0.45, 0.20)


class Shape(NamedTuple):
    """A flat shape on a sign, whose outermost shape has the radius 1.

    `outline` is a key of `OUTLINES`, `size` the radii across and down, `centre` where it stands.
    """

    outline: str
    size: tuple[float, float]
    colour: tuple[float, float, float]
    centre: tuple[float, float] = (0.0, 0.0)


def _polygon(x: np.ndarray, y: np.ndarray, corners: int, turn: float) -> np.ndarray:
    middles = turn + 2 * np.pi * (np.arange(corners) + 0.5) / corners
    across = [x * np.cos(angle) + y * np.sin(angle) for angle in middles]
    return np.max(across, axis=0) / np.cos(np.pi / corners)


# Gauges: at most 1 within the shape. y grows downwards.
OUTLINES = {
    "triangle": lambda x, y: _polygon(x, y, 3, -np.pi / 2),
    "diamond": lambda x, y: _polygon(x, y, 4, 0.0),
    "octagon": lambda x, y: _polygon(x, y, 8, np.pi / 8),
    "disc": np.hypot,
    "box": lambda x, y: np.maximum(np.abs(x), np.abs(y)),
}


def _all(outline: str, radius: float, colour: tuple) -> Shape:
    return Shape(outline, (radius, radius), colour)


def _symbol(random: np.random.Generator, colour: tuple, reach: float) -> list[Shape]:
    """Return a pictogram or digits: a few bars and blobs."""
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
    """Return a warning sign: a red-rimmed triangle with a black symbol."""
    plate = [_all("triangle", 1, RED), _all("triangle", 0.68, WHITE)]
    return plate + _symbol(random, BLACK, 0.35)


def prohibition(random: np.random.Generator) -> list[Shape]:
    """Return a prohibition sign or a speed limit: a red ring, mostly with a black symbol."""
    symbol = _symbol(random, BLACK, 0.6) if random.random() < 0.8 else []
    return [_all("disc", 1, RED), _all("disc", 0.75, WHITE), *symbol]


def stop(random: np.random.Generator) -> list[Shape]:
    """Return a stop sign: a red octagon with four white letters, drawn as bars."""
    letters = [Shape("box", (0.09, 0.24), WHITE, (x, 0.0)) for x in (-0.54, -0.18, 0.18, 0.54)]
    return [_all("octagon", 1, WHITE), _all("octagon", 0.92, RED), *letters]


def mandatory(random: np.random.Generator) -> list[Shape]:
    """Return a mandatory sign: a blue disc with a white arrow."""
    arrow = [Shape("box", (0.12, 0.5), WHITE, (0.0, 0.1))]
    arrow.append(Shape("triangle", (0.4, 0.4), WHITE, (0.0, -0.35)))
    return [_all("disc", 1, WHITE), _all("disc", 0.93, BLUE), *arrow]


def priority(random: np.random.Generator) -> list[Shape]:
    """Return a priority sign: a yellow diamond with a white rim."""
    return [_all("diamond", 1, WHITE), _all("diamond", 0.7, YELLOW)]


SIGNS = (warning, prohibition, stop, mandatory, priority)


def distractor(random: np.random.Generator) -> list[Shape]:
    """Return what has a sign's shape or a sign's colours, but not both together."""
    sign_colours, other_colours = (RED, BLUE, YELLOW), (WHITE, BLACK, GREY, GREEN)
    of_like_shape = random.random() < 0.5
    if of_like_shape:  # a wheel, a gable, a clock, a hatch
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
    """Render patches, half of them with a sign, half of the others with a distractor.

    Parameters
    ----------
    split : ``train`` or ``test``; they share neither photographs nor random streams.
    number : how many patches, N. A patch depends on its place, not on how many there are.

    Returns
    -------
    ``float32`` in [0, 1], (N, 32, 32, 3), and int, (N,): 1 where there is a sign.
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
    """Return a crop of a photograph, near or far."""
    pyramids = _photographs(split)
    photograph = pyramids[random.integers(len(pyramids))][random.integers(3)]
    top, left = (random.integers(side - SIDE + 1) for side in photograph.shape[:2])
    crop = photograph[top : top + SIDE, left : left + SIDE]
    return crop[:, ::-1] if random.random() < 0.5 else crop


def _paste(random: np.random.Generator, scene: np.ndarray, shapes: list[Shape]) -> np.ndarray:
    """Put a thing into a scene: turned, tilted, weathered, in its own light, partly covered."""
    x, y = _seen_from(random)
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


def _seen_from(random: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Return where each sample of the patch lies on the plane of a sign of radius 1.

    The radius is 7 to 14 pixels; the sign leans by a few degrees and is seen from up to 45° aside.
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
    """Return where a branch or another car's edge hides the sign: up to about a third of it."""
    angle = random.uniform(0, 2 * np.pi)
    along = x * np.cos(angle) + y * np.sin(angle)
    ripple = 0.1 * np.sin(random.uniform(3, 9) * (y * np.cos(angle) - x * np.sin(angle)))
    return along + ripple > random.uniform(0.3, 0.9)


def _photographed(random: np.random.Generator, scene: np.ndarray) -> np.ndarray:
    """Light the scene, and see it through a lens that is out of focus or moves."""
    light = random.uniform(0.35, 1.1) * random.uniform(0.92, 1.08, size=3)
    scene = light * scene ** random.uniform(0.8, 1.3)
    if random.random() < 0.3:  # the shadow of a house or a tree
        angle, place = random.uniform(0, 2 * np.pi), random.uniform(-8, 8)
        rows, columns = np.mgrid[:SIDE, :SIDE] - SIDE / 2
        shaded = rows * np.sin(angle) + columns * np.cos(angle) > place
        scene = np.where(shaded[..., None], random.uniform(0.4, 0.8) * scene, scene)
    focus = random.uniform(0, 1.2)
    scene = gaussian_filter(scene, (focus, focus, 0), mode="nearest")
    if random.random() < 0.3:  # sideways, as beside a moving car
        length = random.integers(2, 6)
        scene = convolve1d(scene, np.full(length, 1 / length), axis=1, mode="nearest")
    return np.clip(scene, 0, 1)
