"""Images of signs, light on black with a margin, as classifiers of digits are trained on."""

from itertools import pairwise

import numpy as np

from denoising.config.card import Card
from denoising.datasets.appearance import find_ground, find_usual

SIDE, MARGIN = 28, 4


def signs(number: int, seed: int = 0) -> np.ndarray:
    """Return centred signs of four strokes, 20 pixels high, ``uint8``, (N, 28, 28, 1)."""
    random = np.random.default_rng(seed)
    images = []
    for _ in range(number):
        corners = random.uniform(MARGIN + 1.5, SIDE - MARGIN - 2.5, (5, 2))
        corners[0, 0], corners[-1, 0] = MARGIN + 1.5, SIDE - MARGIN - 2.5
        middle = (corners[:, 1].min() + corners[:, 1].max()) / 2
        corners[:, 1] += (SIDE - 1) / 2 - middle
        nearest = np.min([distance(start, end) for start, end in pairwise(corners)], axis=0)
        images.append(np.rint(255 * (2 - nearest).clip(0, 1)))
    return np.array(images, np.uint8)[..., None]


def distance(start: np.ndarray, end: np.ndarray) -> np.ndarray:
    """Return the distance of each pixel from a line between two points, (y, x), in pixels."""
    y, x = np.mgrid[:SIDE, :SIDE]
    tall, wide = end - start
    along = ((y - start[0]) * tall + (x - start[1]) * wide) / (tall**2 + wide**2)
    along = along.clip(0, 1)
    return np.hypot(y - start[0] - along * tall, x - start[1] - along * wide)


def card_of(images: np.ndarray, **changes) -> Card:
    """Return the card of a classifier trained on images, ``uint8``, (N, H, W, C)."""
    train, validation = images[::2], images[1::2]
    values = {
        "dataset": "signs",
        "images": len(train),
        "size": [*images.shape[1:]],
        "classes": ["cat", "dog", "eel"],
        "seed": 0,
        "ground": find_ground(train),
        "usual": find_usual(train, validation, [validation]),
    }
    return Card(**values | changes)
