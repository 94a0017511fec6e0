"""The pictures of a set to look at: the best, the middle and the worst."""

import numpy as np
from matplotlib.figure import Figure

from denoising.evaluation.scores import psnr
from denoising.images import as_float
from denoising.plots.figures import Note, picture_rows

CROP = 128  # pixels, the side of the middle of a picture
WORST = 3


def ranked(shown: dict[str, dict[str, np.ndarray]], denoiser: str) -> list[str]:
    """Return the names of the best, the median, and the three worst pictures, by their PSNR.

    Parameters
    ----------
    shown : by picture, its ``original``, and by denoiser, all ``uint8``, (H, W, C).
    """
    scores = {name: _psnr(images, denoiser) for name, images in shown.items()}
    ordered = sorted(scores, key=scores.__getitem__, reverse=True)
    middle = ordered[len(ordered) // 2]
    return list(dict.fromkeys([ordered[0], middle, *ordered[-WORST:]]))


def draw_ranked(shown: dict[str, dict[str, np.ndarray]], denoiser: str) -> Figure:
    """Draw the middles of the pictures that `ranked` names: original, noisy and denoised."""
    names = ranked(shown, denoiser)
    titles = {"original": "original", "noisy": "noisy", "nlm": "non-local means", denoiser: "ours"}
    rows = {
        title: np.stack([_shown(shown[name][key]) for name in names])
        for key, title in titles.items()
    }
    notes: dict[str, list[Note]] = {
        "ours": [(f"{name}, {_psnr(shown[name], denoiser):.2f} dB", True) for name in names]
    }
    return picture_rows(rows, notes, inches=2)


def _psnr(images: dict[str, np.ndarray], denoiser: str) -> float:
    return float(psnr(as_float(images["original"])[None], as_float(images[denoiser])[None])[0])


def middle(pixels: np.ndarray) -> np.ndarray:
    """Return the middle of a picture, (H, W, C), `CROP` pixels a side."""
    top, left = ((size - CROP) // 2 for size in pixels.shape[:2])
    return pixels[top : top + CROP, left : left + CROP]


def _shown(pixels: np.ndarray) -> np.ndarray:
    """Return the middle of a picture, in colour, as floats."""
    crop = as_float(middle(pixels))
    return np.repeat(crop, 3 // crop.shape[2], axis=2)
