"""Denoisers without training, which ours is compared with: scikit-image's and OpenCV's."""

from collections.abc import Sequence

import cv2
import numpy as np

from denoising.baselines.filters import DENOISERS
from denoising.images import as_bytes, as_float
from studies.photographs.stages._test_noise import Pair, score

OPENCV = "opencv_nlm"
STRENGTHS = (0, 2, 3, 4, 5, 6, 8, 10, 12, 15, 18, 22, 26, 30, 35, 40, 45, 50, 60, 70)
GRIDS: dict[str, tuple[float, ...]] = {
    **{name: grid for name, (_, grid) in DENOISERS.items()},
    OPENCV: STRENGTHS,
}
"""Each denoiser with the candidates for its parameter, ascending; 0 leaves pictures unchanged."""


def denoised_by(name: str, noisy: np.ndarray, parameter: float) -> np.ndarray:
    """Return a picture, ``uint8``, (H, W, C), denoised by a key of `GRIDS`."""
    if parameter == 0:
        return noisy
    if name == OPENCV:
        return opencv_nlm(noisy, parameter)
    return as_bytes(DENOISERS[name][0](as_float(noisy), parameter))


def opencv_nlm(noisy: np.ndarray, strength: float) -> np.ndarray:
    """Denoise by OpenCV's non-local means, in colour with the same strength for the colours."""
    if noisy.shape[2] == 1:
        return cv2.fastNlMeansDenoising(noisy[..., 0], None, strength)[..., None]
    turned = np.ascontiguousarray(noisy[..., ::-1])  # OpenCV has blue first
    return cv2.fastNlMeansDenoisingColored(turned, None, strength, strength)[..., ::-1]


def best_parameter(name: str, pairs: Sequence[Pair]) -> float:
    """Return the parameter of a denoiser with the highest average PSNR on some pictures.

    All candidates are tried: weak non-local means change nothing, so the PSNR rises late.
    """

    def reached(parameter: float) -> float:
        found = [
            score(pair.clean, denoised_by(name, pair.noisy, parameter))["psnr"] for pair in pairs
        ]
        return float(np.mean(found))

    return max(GRIDS[name], key=reached)
