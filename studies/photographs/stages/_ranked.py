"""The pictures of a set to look at: the best, the median and the worst."""

from typing import NamedTuple

import numpy as np
from matplotlib.figure import Figure

from denoising.images import as_float
from denoising.plots.figures import Note, picture_rows

CROP = 128  # pixels, the side of the middle of a picture
WORST = 3


class Shown(NamedTuple):
    """A picture, its PSNR in dB once denoised, and its versions, ``uint8``, (H, W, C)."""

    name: str
    psnr: float
    clean: np.ndarray
    noisy: np.ndarray
    nlm: np.ndarray
    denoised: np.ndarray


def ranked(scores: dict[str, float]) -> list[str]:
    """Return the names of the best, the median, and the worst pictures, by their scores."""
    ordered = sorted(scores, key=scores.__getitem__, reverse=True)
    return list(dict.fromkeys([ordered[0], ordered[len(ordered) // 2], *ordered[-WORST:]]))


def draw_ranked(pictures: list[Shown]) -> Figure:
    """Draw the middles of pictures, a column each: original, noisy, and denoised."""
    rows = {
        "original": [each.clean for each in pictures],
        "noisy": [each.noisy for each in pictures],
        "non-local means": [each.nlm for each in pictures],
        "ours": [each.denoised for each in pictures],
    }
    notes: dict[str, list[Note]] = {
        "ours": [(f"{each.name}, {each.psnr:.2f} dB", True) for each in pictures]
    }
    crops = {title: np.stack([_shown(each) for each in row]) for title, row in rows.items()}
    return picture_rows(crops, notes, inches=2)


def middle(pixels: np.ndarray) -> np.ndarray:
    """Return the middle of a picture, (H, W, C), `CROP` pixels a side."""
    top, left = ((size - CROP) // 2 for size in pixels.shape[:2])
    return pixels[top : top + CROP, left : left + CROP]


def _shown(pixels: np.ndarray) -> np.ndarray:
    """Return the middle of a picture, in colour, as floats."""
    crop = as_float(middle(pixels))
    return np.repeat(crop, 3 // crop.shape[2], axis=2)
