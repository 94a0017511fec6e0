"""Blind denoising: estimate the noise level of a picture, then denoise it."""

import warnings
from collections.abc import Callable

import numpy as np

from denoising.images import white_value
from denoising.inference.engine import Network
from denoising.inference.tiling import denoise_large, ignore
from denoising.networks.inputs import UNKNOWN_LEVEL
from denoising.noise.estimation import estimate_level

SIDE = 512  # pixels; the level is estimated from the middle of the picture


def denoise_blind(
    model: Network,
    pixels: np.ndarray,
    progress: Callable[[int], object] = ignore,
) -> tuple[np.ndarray, float]:
    """Denoise a picture as `denoise_large` does, and estimate its noise level.

    A network whose level input is optional first denoises the middle of the picture without a
    level; the level is estimated from the part removed, and given for the whole picture. A network
    that needs a level, which is assumed without a card, gets a wavelet estimate. The level given to
    the network is limited to the range that it was trained on.

    Returns
    -------
    pixels of the same shape and type; the estimated level, 0 or more, not limited.
    """
    if not model.has_level:
        restored = denoise_large(model, pixels, progress=progress)
        return restored, _level_from_residual(_middle(pixels), _middle(restored))
    level, card = estimate(model, pixels), model.card
    lowest, highest = card.levels if card and card.levels else (0, 1)
    return denoise_large(model, pixels, min(max(level, lowest), highest), progress), level


def estimate(model: Network, pixels: np.ndarray) -> float:
    """Return the noise level of the middle of a picture, as `denoise_blind` estimates it."""
    middle = _middle(pixels)
    if not model.has_level:
        return _level_from_residual(middle, denoise_large(model, middle))
    if model.card and model.card.level_known < 1:
        return _level_from_residual(middle, denoise_large(model, middle, UNKNOWN_LEVEL))
    return _level_from_wavelets(middle)


def _level_from_wavelets(noisy: np.ndarray) -> float:
    """Return the level, averaged over the channels; an all-black channel counts as 0."""
    from skimage.restoration import estimate_sigma  # slow to import

    with warnings.catch_warnings(action="ignore"):  # a picture one pixel wide
        levels = estimate_sigma(_as_floats(noisy)[0], channel_axis=-1)
    return float(np.nan_to_num(levels).mean())


def _level_from_residual(noisy: np.ndarray, restored: np.ndarray) -> float:
    seen = _as_floats(noisy)
    clipped = bool(seen.min() >= 0 and seen.max() <= 1)
    return float(estimate_level(seen, _as_floats(restored), clipped)[0])


def _as_floats(pixels: np.ndarray) -> np.ndarray:
    return pixels[None].astype(np.float32) / white_value(pixels.dtype)


def _middle(pixels: np.ndarray) -> np.ndarray:
    top, left = (max(0, (size - SIDE) // 2) for size in pixels.shape[:2])
    return pixels[top : top + SIDE, left : left + SIDE]
