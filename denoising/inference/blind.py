"""Denoise a picture whose level of noise is not known: find the level first."""

import warnings
from collections.abc import Callable

import keras
import numpy as np
from skimage.restoration import estimate_sigma

from denoising.config.card import Card
from denoising.inference.tiling import denoise_large
from denoising.networks.inputs import UNKNOWN_LEVEL, has_level_input
from denoising.noise.estimation import estimate_level

SIDE = 512  # pixels of the middle of a picture, where its level is looked for


def find_and_denoise(
    model: keras.Model,
    pixels: np.ndarray,
    card: Card | None,
    progress: Callable[[int], None] = lambda done: None,
) -> tuple[np.ndarray, float]:
    """Denoise a picture as `denoise_large` does, and say how noisy it was.

    A network that may be told the level, or not, first sees the middle of the picture without; from
    what it takes away there follows the level that it is told for all of it. One that has to be
    told, as is supposed of one without a `card`, is told what wavelets find. Neither is told a
    level beyond those that it was trained on.

    Returns
    -------
    pixels of the same shape and type; the level, from 0.
    """
    middle = _middle(pixels)
    if not has_level_input(model):
        restored = denoise_large(model, pixels, progress=progress)
        return restored, _by_residual(middle, _middle(restored))
    if card and card.level_known < 1:
        level = _by_residual(middle, denoise_large(model, middle, UNKNOWN_LEVEL))
    else:
        level = _by_wavelets(middle)
    lowest, highest = card.levels if card and card.levels else (0, 1)
    return denoise_large(model, pixels, min(max(level, lowest), highest), progress), level


def _by_wavelets(noisy: np.ndarray) -> float:
    """Return the level, averaged over the channels; one that is all black has none."""
    with warnings.catch_warnings(action="ignore"):  # a picture that is a pixel wide
        levels = estimate_sigma(_in_floats(noisy)[0], channel_axis=-1)
    return float(np.nan_to_num(levels).mean())


def _by_residual(noisy: np.ndarray, restored: np.ndarray) -> float:
    return float(estimate_level(_in_floats(noisy), _in_floats(restored))[0])


def _in_floats(pixels: np.ndarray) -> np.ndarray:
    return pixels[None].astype(np.float32) / np.iinfo(pixels.dtype).max


def _middle(pixels: np.ndarray) -> np.ndarray:
    top, left = (max(0, (size - SIDE) // 2) for size in pixels.shape[:2])
    return pixels[top : top + SIDE, left : left + SIDE]
