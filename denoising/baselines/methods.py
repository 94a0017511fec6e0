"""Denoise pictures of any size without a network: the filters, with parameters from the level."""

import warnings
from collections.abc import Callable

import numpy as np

from denoising.baselines.filters import DENOISERS
from denoising.inference.tiling import by_tiles, ignore

# Chosen for photographs with white noise of 15, 25 and 50 of 255: the parameters that the study of
# photographs finds on its training photographs, rounded.
PARAMETERS: dict[str, Callable[[float], float]] = {
    "median": lambda level: 3 if level < 0.12 else 5,
    "tv": lambda level: 0.82 * level,
    "wavelet": lambda level: level,
    "nlm": lambda level: level,
}
"""The parameter of each filter for a noise level above 0."""


def filter_large(
    name: str,
    pixels: np.ndarray,
    level: float,
    progress: Callable[[int], object] = ignore,
) -> np.ndarray:
    """Denoise a picture with a filter, tile by tile, as `denoise_large` does with a network.

    Parameters
    ----------
    name : a key of `PARAMETERS`.
    pixels : (H, W, C), C 1 or 3; ``uint8``, ``uint16``, or floats, noisy ones of [0, 1].
    level : standard deviation of the noise, from 0 to 1; 0 leaves the picture as it is.
    progress : called after each tile with the number of pixels in it.

    Returns
    -------
    pixels of the same shape and type; floats are clipped to [0, 1].
    """
    if level == 0:
        progress(pixels[..., 0].size)
        return pixels.copy()
    function, _ = DENOISERS[name]
    parameter = PARAMETERS[name](level)
    with warnings.catch_warnings(action="ignore"):  # PyWavelets, about pictures of a few pixels
        return by_tiles(lambda seen: np.clip(function(seen, parameter), 0, 1), pixels, progress)
