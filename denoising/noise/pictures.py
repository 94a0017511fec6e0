"""Add noise to a single picture of any type, for the command and the Python API."""

import numpy as np

from denoising.images import white_value
from denoising.noise.apply import add_noise
from denoising.noise.keys import noise_keys


def with_noise(
    pixels: np.ndarray, level: float, kind: str = "gaussian", seed: int = 0, clip: bool = True
) -> np.ndarray:
    """Return a picture, (H, W, C), with noise, of the same type.

    Parameters
    ----------
    pixels : ``uint8``, ``uint16``, or floats on the scale from 0, black, to 1, white.
    level, kind : as for `denoising.noise.apply.add_noise`.
    seed : determines the noise; equal seeds give equal noise at every level.
    clip : clip floats to [0, 1]; integers always are.

    Raises
    ------
    UserError
        The kind is unknown, or the level impossible.
    """
    white = white_value(pixels.dtype)
    clean = pixels[None].astype(np.float32) / white
    keys = noise_keys(seed, "picture", kind, [0], 0)
    noisy = add_noise(clean, level, keys, kind, clip=False)[0]
    if clip or white > 1:  # at level 0, too
        noisy = noisy.clip(0, 1)
    scaled = noisy if white == 1 else np.rint(noisy * white)
    return scaled.astype(pixels.dtype)
