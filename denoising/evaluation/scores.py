"""Scores of images and of predictions: one value per image, never an average."""

import numpy as np
from scipy.special import log_softmax

from denoising.evaluation.ssim import gaussian_window, similarity, uniform_window

MSE_FLOOR = 1e-10
BCE_FLOOR = 1e-7


def mae(clean: np.ndarray, image: np.ndarray) -> np.ndarray:
    """Return the mean absolute error of each image, (N,), for images in [0, 1], (N, H, W, C)."""
    return np.abs(image - clean).mean(axis=(1, 2, 3), dtype=np.float64)


def mse(clean: np.ndarray, image: np.ndarray) -> np.ndarray:
    """Return the mean squared error of each image, (N,)."""
    return np.square(image - clean).mean(axis=(1, 2, 3), dtype=np.float64)


def bce(clean: np.ndarray, image: np.ndarray) -> np.ndarray:
    """Return the binary cross-entropy of each image, (N,), in nats per pixel value.

    Predictions are clipped to [1e-7, 1 - 1e-7], as in Keras.
    """
    image = np.clip(image.astype(np.float64), BCE_FLOOR, 1 - BCE_FLOOR)
    loss = -(clean * np.log(image) + (1 - clean) * np.log1p(-image))
    return loss.mean(axis=(1, 2, 3))


def psnr(clean: np.ndarray, image: np.ndarray) -> np.ndarray:
    """Return the peak signal-to-noise ratio of each image, (N,), in dB, for a data range of 1.

    The mean squared error is floored at 1e-10, so that identical images have 100 dB. The PSNR of a
    set is the mean of these values, which is higher than the PSNR of the mean squared error.
    """
    return -10 * np.log10(np.maximum(mse(clean, image), MSE_FLOOR))


def ssim(clean: np.ndarray, image: np.ndarray) -> np.ndarray:
    """Return the structural similarity of each image, (N,), from -1 to 1, for a data range of 1.

    Wang et al. 2004 (doi:10.1109/TIP.2003.819861): 11×11 Gaussian window of σ 1.5, K1 0.01,
    K2 0.03, population covariance; the mean over channels.
    """
    return similarity(clean, image, gaussian_window(), 1.0, sample_covariance=False)


def ssim_uniform(clean: np.ndarray, image: np.ndarray, data_range: float = 1.0) -> np.ndarray:
    """Return scikit-image's default SSIM of each image, (N,): 7×7 uniform window.

    With the sample covariance, the default of `structural_similarity`; many published figures use
    this variant.
    """
    return similarity(clean, image, uniform_window(), data_range, sample_covariance=True)


def ssim_range_2(clean: np.ndarray, image: np.ndarray) -> np.ndarray:
    """Return `ssim_uniform` with a data range of 2, (N,), which gives higher values.

    Earlier versions of scikit-image assumed this range for floats if none was given, supposing
    them to lie in [-1, 1]; later versions require it. The range of images in [0, 1] is 1.
    """
    return ssim_uniform(clean, image, data_range=2.0)


def correct(logits: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Return 1.0 for each correctly classified image and 0.0 for the others, (N,)."""
    return (logits.argmax(axis=1) == labels).astype(np.float64)


def nll(logits: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Return the negative log-likelihood of each image's label, (N,), in nats."""
    logs = log_softmax(logits.astype(np.float64), axis=1)
    return -logs[np.arange(len(labels)), labels]
