"""The photographs that scikit-image and scikit-learn carry."""

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
    """Return a photograph by the name of its file: ``uint8``, (H, W, C), C 1 or 3.

    Raises
    ------
    UserError : there is none of that name, or it is neither grey nor in colour.
    """
    path = next((folder / name for folder in FOLDERS if (folder / name).is_file()), None)
    if path is None:
        raise UserError(
            f"Expected a photograph that scikit-image or scikit-learn carries. Received: {name!r}"
        )
    pixels = imread(path)
    pixels = pixels[..., None] if pixels.ndim == 2 else pixels
    if pixels.dtype != np.uint8 or pixels.shape[2:] not in ((1,), (3,)):
        raise UserError(
            f"Expected 8 bits a channel, and one channel or three, in {name}. "
            f"Received: {pixels.dtype}, {pixels.shape}"
        )
    return pixels
