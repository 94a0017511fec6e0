"""Denoise a picture whose level of noise is not known: find the level first."""

from collections.abc import Callable

import keras
import numpy as np
from skimage.restoration import estimate_sigma

from denoising.estimation import estimate_level
from denoising.inference import UNKNOWN_LEVEL, is_told
from denoising.tiles import denoise_large

SIDE = 512  # pixels of the middle of a picture, where its level is looked for


def find_and_denoise(
    model: keras.Model,
    pixels: np.ndarray,
    *,
    told: float,
    highest: float = 1.0,
    progress: Callable[[int], None] = lambda done: None,
) -> tuple[np.ndarray, float]:
    """Denoise a picture as `denoise_large` does, and say how noisy it was.

    A network that may be told the level, or not, first sees the middle of the picture without; from
    what it takes away there follows the level that it is told for all of it.

    Parameters
    ----------
    told : the share of the images whose level the network was told in its training; at 1 it has
        not learned to do without, and the level is found by wavelets.
    highest : level that it was trained on, and is told.

    Returns
    -------
    pixels of the same shape and type; the level, from 0.
    """
    middle = _middle(pixels)
    if not is_told(model):
        restored = denoise_large(model, pixels, progress=progress)
        return restored, _by_residual(middle, _middle(restored))
    if told < 1:
        level = _by_residual(middle, denoise_large(model, middle, UNKNOWN_LEVEL))
    else:
        level = float(estimate_sigma(_in_floats(middle)[0], channel_axis=-1, average_sigmas=True))
    return denoise_large(model, pixels, min(level, highest), progress), level


def _by_residual(noisy: np.ndarray, restored: np.ndarray) -> float:
    return float(estimate_level(_in_floats(noisy), _in_floats(restored))[0])


def _in_floats(pixels: np.ndarray) -> np.ndarray:
    return pixels[None].astype(np.float32) / np.iinfo(pixels.dtype).max


def _middle(pixels: np.ndarray) -> np.ndarray:
    top, left = (max(0, (size - SIDE) // 2) for size in pixels.shape[:2])
    return pixels[top : top + SIDE, left : left + SIDE]
