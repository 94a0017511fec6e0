"""Noisy images as stored: in the smallest type that changes no pixel by 1e-5."""

import numpy as np

from denoising.config.noise import Noise


def storage_type(noise: Noise) -> np.dtype:
    """Return the type in which noisy versions of 8-bit images are stored.

    Salt-and-pepper noise, and none, leave 8 bits. Clipped noise is rounded to 16 bits, by at most
    1 / 131070. Noise that is not clipped may have any value.
    """
    if noise.level == 0 or noise.kind == "salt_and_pepper":
        return np.dtype(np.uint8)
    return np.dtype(np.uint16 if noise.clip else np.float32)


def stored(images: np.ndarray, dtype: np.dtype) -> np.ndarray:
    """Return images, ``float32``, as stored: `denoising.images.as_float` returns them again.

    For integers, images have to lie in [0, 1].
    """
    if dtype.kind == "f":
        return images.astype(dtype, copy=False)
    return np.rint(images * np.float32(np.iinfo(dtype).max)).astype(dtype)
