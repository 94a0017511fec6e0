"""Photographs of 8 bits in files."""

from pathlib import Path

import numpy as np
from skimage.io import imread

from denoising.files.errors import UserError


def read_photograph_file(path: Path) -> np.ndarray:
    """Return a photograph: ``uint8``, (H, W, C), C is 1 or 3.

    Raises
    ------
    UserError
        It is not an 8-bit grey or RGB picture.
    """
    pixels = imread(path)
    pixels = pixels[..., None] if pixels.ndim == 2 else pixels
    if pixels.dtype != np.uint8 or pixels.shape[2:] not in ((1,), (3,)):
        raise UserError(
            f"{path} is {pixels.dtype} of shape {pixels.shape}. "
            "Expected 8 bits per channel, and one or three channels. Use another picture."
        )
    return pixels
