"""Estimate the noise level of a picture for a denoiser."""

import warnings
from typing import NamedTuple

import numpy as np

from denoising.images import white_value
from denoising.inference.engine import Network
from denoising.inference.tiling import denoise_large
from denoising.networks.inputs import UNKNOWN_LEVEL
from denoising.noise.brightness import level_of_growing_noise
from denoising.noise.detection import LIKELY, SURE, Detection, detect
from denoising.noise.estimation import estimate_level
from denoising.noise.features import SMALLEST

SQUARE = 256  # pixels; the level is estimated from four squares of a large picture
ALIGNED = 16  # pixels, the step of their positions: the blocks of JPEG files stay whole
AGREEMENT = 0.75  # least level of white noise over that of `detect`
SMALL, UNEVEN = "the picture is small", "dark and light parts differ in it"


class Estimate(NamedTuple):
    """The level of the noise in a picture, from 0, none, to 1, and what makes it doubtful."""

    level: float
    doubt: str = ""


def estimate(model: Network, pixels: np.ndarray) -> Estimate:
    """Return the level of the noise in a picture, (H, W, C), for a model.

    For a model with a level input it is the level at which `detect` finds that noise is best
    removed, or 0 without noise. The model also denoises the sample without a level, and the level
    of the part removed is taken: if the noise looks white, this estimate is more exact, and counts;
    of other noise it is a lower bound, as a model leaves some of it. Of noise that grows with the
    brightness, the level of the bright parts counts. Pictures that are too small for `detect` have
    the estimate for white noise only.

    A model without a level input has one strength; its level is that of the part removed.
    """
    sample = _sample(pixels)
    if not model.has_level:
        return Estimate(_level_from_residual(sample, denoise_large(model, sample)))
    if min(sample.shape[:2]) < SMALLEST:
        return Estimate(level_of_white_noise(model, sample), SMALL)
    found = detect(_as_floats(sample)[0])
    growing = level_of_growing_noise(_as_floats(sample)[0])
    likely = found.probability >= LIKELY
    level = found.level if likely else 0.0
    if likely:
        removed = level_of_white_noise(model, sample)
        exact = found.white and removed > AGREEMENT * level
        level = removed if exact else max(level, removed)
    if growing > level:
        return Estimate(growing, UNEVEN)
    return Estimate(level, _doubt(found))


def _doubt(found: Detection) -> str:
    if 1 - SURE < found.probability < SURE:
        return "weak noise and fine detail look alike"
    if found.probability < LIKELY:
        return ""
    if found.shared:
        return "neighbouring pixels share it"
    return UNEVEN if found.uneven else ""


def level_of_white_noise(model: Network, pixels: np.ndarray) -> float:
    """Return the level of white noise: of the part that a model removes without a level.

    For a model that always needs a level, it is estimated by wavelets.
    """
    if model.card and model.card.level_known < 1:
        return _level_from_residual(pixels, denoise_large(model, pixels, UNKNOWN_LEVEL))
    from skimage.restoration import estimate_sigma  # slow to import

    with warnings.catch_warnings(action="ignore"):  # a picture one pixel wide
        levels = estimate_sigma(_as_floats(pixels)[0], channel_axis=-1)
    return float(np.nan_to_num(levels).mean())  # an all-black channel counts as 0


def _level_from_residual(noisy: np.ndarray, restored: np.ndarray) -> float:
    seen = _as_floats(noisy)
    clipped = bool(seen.min() >= 0 and seen.max() <= 1)
    return float(estimate_level(seen, _as_floats(restored), clipped)[0])


def _as_floats(pixels: np.ndarray) -> np.ndarray:
    return pixels[None].astype(np.float32) / white_value(pixels.dtype)


def _sample(pixels: np.ndarray) -> np.ndarray:
    """Return four squares of a large picture, put together; a small one is returned whole."""
    rows, columns = (_positions(size) for size in pixels.shape[:2])
    return pixels[np.ix_(rows, columns)]


def _positions(size: int) -> np.ndarray:
    """Return the rows, or columns, of the squares around a quarter and three quarters of a side."""
    if size <= 2 * SQUARE:
        return np.arange(size)
    starts = (size // 4 - SQUARE // 2, min(3 * size // 4 - SQUARE // 2, size - SQUARE))
    starts = [max(0, start) // ALIGNED * ALIGNED for start in starts]
    return np.concatenate([np.arange(start, start + SQUARE) for start in starts])
