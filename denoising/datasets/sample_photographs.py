"""The sample photographs in scikit-image and scikit-learn."""

from pathlib import Path

import numpy as np
import skimage
import sklearn
from skimage.io import imread

from denoising.files.errors import UserError

FOLDERS = (
    Path(skimage.__file__).parent / "data",
    Path(sklearn.__file__).parent / "datasets" / "images",
)


def read_photograph(name: str) -> np.ndarray:
    """Return a photograph by its file name: ``uint8``, (H, W, C), C is 1 or 3.

    Raises
    ------
    UserError
        There is none of that name, or it is not an 8-bit grey or RGB picture.
    """
    path = next((folder / name for folder in FOLDERS if (folder / name).is_file()), None)
    if path is None:
        raise UserError(
            f"Neither scikit-image nor scikit-learn has a photograph {name!r}. Name another one."
        )
    pixels = imread(path)
    pixels = pixels[..., None] if pixels.ndim == 2 else pixels
    if pixels.dtype != np.uint8 or pixels.shape[2:] not in ((1,), (3,)):
        raise UserError(
            f"{name} is {pixels.dtype} of shape {pixels.shape}. "
            "Expected 8 bits per channel, and one or three channels. Name another photograph."
        )
    return pixels
