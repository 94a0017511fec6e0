"""Denoisers without training, from SciPy and scikit-image, each with one parameter to choose."""

from collections.abc import Callable
from typing import Any

import numpy as np
from scipy.ndimage import median_filter
from skimage.restoration import denoise_nl_means, denoise_tv_chambolle, denoise_wavelet

CHUNK = 25


def median(image: np.ndarray, size: int) -> np.ndarray:
    """Take the median of each `size` × `size` window, channel by channel."""
    return median_filter(image, size=(size, size, 1), mode="reflect")


def tv(image: np.ndarray, weight: float) -> np.ndarray:
    """Minimise total variation (Chambolle 2004, doi:10.1023/B:JMIV.0000011325.36760.1e)."""
    return denoise_tv_chambolle(image, weight=weight, channel_axis=-1)


def wavelet(image: np.ndarray, sigma: float) -> np.ndarray:
    """Shrink wavelet coefficients by BayesShrink (Chang et al. 2000, doi:10.1109/83.862633)."""
    return denoise_wavelet(image, sigma=sigma, channel_axis=-1, rescale_sigma=True)


def nlm(image: np.ndarray, sigma: float) -> np.ndarray:
    """Average similar patches (Buades et al. 2005, doi:10.1109/CVPR.2005.38): 5×5 within 13×13.

    The patch distance expected from noise of `sigma` is subtracted, which gains up to 1 dB; the
    decay parameter h is 0.6 `sigma`.
    """
    options = {"patch_size": 5, "patch_distance": 6, "channel_axis": -1}
    return denoise_nl_means(image, h=0.6 * sigma, sigma=sigma, **options).reshape(image.shape)


DENOISERS: dict[str, tuple[Callable[..., np.ndarray], tuple[float, ...]]] = {
    "median": (median, (0, 3, 5, 7, 9)),
    "tv": (tv, (0, 0.02, 0.05, 0.08, 0.12, 0.16, 0.2, 0.25, 0.3, 0.4, 0.5, 0.7, 1)),
    "wavelet": (wavelet, (0, 0.02, 0.05, 0.08, 0.12, 0.16, 0.2, 0.25, 0.3, 0.4, 0.5, 0.7, 1)),
    "nlm": (nlm, (0, 0.02, 0.04, 0.06, 0.08, 0.1, 0.13, 0.16, 0.2, 0.25, 0.3, 0.4, 0.5)),
}
"""Each denoiser with the candidates for its parameter, ascending; 0 leaves images unchanged."""


def denoise(name: str, noisy: np.ndarray, parameter: float) -> np.ndarray:
    """Denoise images, ``float32`` in [0, 1], (N, H, W, C), one by one, on all cores.

    `name` is a key of `DENOISERS`. The result has the shape and range of `noisy`.
    """
    from joblib import Parallel, delayed, effective_n_jobs  # only installed with the pipeline

    size = min(
        CHUNK, -(-len(noisy) // effective_n_jobs(-1))
    )  # no core waits for a few large images
    parts = [noisy[start : start + size] for start in range(0, len(noisy), size)]
    denoised: Any = Parallel(n_jobs=-1)(delayed(_denoise)(name, part, parameter) for part in parts)
    return np.concatenate(denoised)


def _denoise(name: str, noisy: np.ndarray, parameter: float) -> np.ndarray:
    if parameter == 0:
        return noisy.astype(np.float32)
    function, _ = DENOISERS[name]
    images = np.stack([function(image, parameter) for image in noisy])
    return np.clip(images, 0, 1).astype(np.float32)
