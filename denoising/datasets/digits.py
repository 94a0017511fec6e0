"""The handwritten digits in scikit-learn: 1,797 scans of 8×8 pixels in 17 shades.

Source: E. Alpaydin and C. Kaynak (1998), Optical Recognition of Handwritten Digits, UCI Machine
Learning Repository, doi:10.24432/C50P49 (its test part).
"""

from typing import Any

import numpy as np
from skimage.transform import resize
from sklearn.datasets import load_digits

from denoising.config.sources import DigitsSource
from denoising.datasets.splits import Split, cut


def read(source: DigitsSource, name: str, seed: int) -> tuple[Split, Split]:
    """Return training and test images, resampled to `source.size` squared with cubic splines."""
    digits: Any = load_digits()
    small = digits.images / 16
    size = (source.size, source.size)
    large = np.stack([np.asarray(resize(image, size, order=3, mode="edge")) for image in small])
    pixels = np.rint(255 * np.clip(large, 0, 1)).astype(np.uint8)[..., None]
    whole = Split(pixels, digits.target.astype(np.int64))
    return cut(whole, source.test, seed, name, "test", leave=2)  # for training and validation
