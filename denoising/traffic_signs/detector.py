"""A traffic-sign detector: logistic regression on the gradients and colours of a patch."""

import numpy as np
from skimage.feature import hog
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler

CELLS = 4
HUES = 8
STRENGTH = 0.01  # the inverse regularisation strength, scikit-learn's C


def features(patches: np.ndarray) -> np.ndarray:
    """Return features of patches: gradients and colours.

    Histograms of oriented gradients (Dalal and Triggs 2005, doi:10.1109/CVPR.2005.177; the
    strongest channel, 9 orientations, 4×4 cells, blocks of 2×2) and, for each of 4×4 cells,
    the mean brightness and the amount of each of eight hues.

    Parameters
    ----------
    patches : in [0, 1], (N, H, W, 3), with H and W divisible by 4.

    Returns
    -------
    features, (N, 468).
    """
    return np.hstack([np.stack([_gradients(patch) for patch in patches]), _colours(patches)])


def _gradients(patch: np.ndarray) -> np.ndarray:
    cell = (patch.shape[0] // CELLS, patch.shape[1] // CELLS)
    return hog(patch, pixels_per_cell=cell, cells_per_block=(2, 2), channel_axis=-1)


def _colours(patches: np.ndarray) -> np.ndarray:
    """Return brightness and hues by cell, (N, 4 · 4 · 9), hues weighted by chroma."""
    red, green, blue = np.moveaxis(patches, -1, 0)
    opponents = (2 * red - green - blue) / 2 + 1j * np.sqrt(3) / 2 * (green - blue)
    hue = np.floor((np.angle(opponents) / (2 * np.pi) % 1) * HUES).astype(int) % HUES
    amounts = np.abs(opponents)[..., None] * np.eye(HUES)[hue]
    maps = np.concatenate([patches.mean(-1, keepdims=True), amounts], axis=-1)
    number, height, width, depth = maps.shape
    cells = maps.reshape(number, CELLS, height // CELLS, CELLS, width // CELLS, depth)
    return cells.mean((2, 4)).reshape(number, -1)


def train(patches: np.ndarray, labels: np.ndarray) -> Pipeline:
    """Fit the detector to patches with (label 1) and without (label 0) a sign."""
    detector = make_pipeline(StandardScaler(), LogisticRegression(C=STRENGTH, max_iter=2000))
    return detector.fit(features(patches), labels)


def detect(detector: Pipeline, patches: np.ndarray) -> np.ndarray:
    """Return the detector's outputs, (N,): the log-odds of a sign, above 0 if one is detected."""
    return detector.decision_function(features(patches))
