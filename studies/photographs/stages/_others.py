"""Denoisers without training, which our own is compared with: scikit-image's and OpenCV's."""

from collections.abc import Sequence

import cv2
import numpy as np

from denoising.baselines.filters import DENOISERS
from denoising.evaluation.filter_choice import PATIENCE
from denoising.evaluation.scores import psnr
from denoising.images import as_bytes, as_float

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
    if name != OPENCV:
        return as_bytes(DENOISERS[name][0](as_float(noisy), parameter))
    return opencv_nlm(noisy, parameter)


def opencv_nlm(noisy: np.ndarray, strength: float) -> np.ndarray:
    """Denoise by OpenCV's non-local means, in colour with the same strength for the colours."""
    if noisy.shape[2] == 1:
        return cv2.fastNlMeansDenoising(noisy[..., 0], None, strength)[..., None]
    turned = np.ascontiguousarray(noisy[..., ::-1])  # OpenCV has blue first
    return cv2.fastNlMeansDenoisingColored(turned, None, strength, strength)[..., ::-1]


def best_parameters(clean: Sequence[np.ndarray], noisy: Sequence[np.ndarray]) -> dict[str, float]:
    """Return the parameter of each denoiser with the highest average PSNR on some pictures."""
    return {name: best_parameter(name, clean, noisy) for name in GRIDS}


def best_parameter(name: str, clean: Sequence[np.ndarray], noisy: Sequence[np.ndarray]) -> float:
    """Try the candidates upwards, until some in a row bring no improvement."""
    best, highest, misses = 0.0, -np.inf, 0
    for value in GRIDS[name]:
        reached = float(
            np.mean(
                [
                    psnr(as_float(one)[None], as_float(denoised_by(name, other, value))[None])[0]
                    for one, other in zip(clean, noisy, strict=True)
                ]
            )
        )
        if reached > highest:
            best, highest, misses = value, reached, 0
        else:
            misses += 1
        if misses == PATIENCE:
            break
    return best
