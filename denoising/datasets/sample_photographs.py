"""The sample photographs in scikit-image and scikit-learn."""

from pathlib import Path

import numpy as np
import skimage
import sklearn

from denoising.datasets.photograph_file import read_photograph_file
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
    return read_photograph_file(path)
