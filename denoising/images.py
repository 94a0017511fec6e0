"""Images as integers, as they are stored, and as floats in [0, 1]."""

import numpy as np


def as_float(images: np.ndarray) -> np.ndarray:
    """Return ``uint8`` or ``uint16`` images as ``float32`` in [0, 1]; floats as ``float32``."""
    if images.dtype in (np.uint8, np.uint16):
        return images.astype(np.float32) / white_value(images.dtype)
    return np.asarray(images, dtype=np.float32)


def as_bytes(images: np.ndarray) -> np.ndarray:
    """Return images in [0, 1] as ``uint8``, values outside clipped."""
    return np.rint(255 * np.clip(images, 0, 1)).astype(np.uint8)


def white_value(dtype: np.dtype) -> int:
    """Return the value of white: the largest of an integer type, 1 for floats."""
    return int(np.iinfo(dtype).max) if np.issubdtype(dtype, np.integer) else 1
