"""Training losses."""

import math
from collections.abc import Callable
from typing import Any

import keras

ops: Any = keras.ops  # its annotations allow None for every result

SSIM_WEIGHT = 0.1
DECIBELS_OF_SSIM = 20
SSIM_WINDOW = 7
SSIM_C1, SSIM_C2 = 0.01**2, 0.03**2
SMALL_MSE = 1e-4  # the mean squared error at 40 dB


def classification_loss(label_smoothing: float) -> keras.losses.Loss:
    """Return the cross-entropy of logits, in nats, with smoothed targets."""
    return keras.losses.CategoricalCrossentropy(from_logits=True, label_smoothing=label_smoothing)


def reconstruction_loss(name: str) -> str | Callable[[Any, Any], Any]:
    """Return the reconstruction loss called `name`, as `keras.Model.compile` takes it."""
    ours = {"bce_and_ssim": bce_and_ssim, "psnr": psnr_shortfall, "psnr_and_ssim": psnr_and_ssim}
    return ours.get(name, name)


def psnr_shortfall(clean: Any, image: Any) -> Any:
    """Return the shortfall of each image's PSNR from 40 dB, in dB, at least 0, (N,).

    For a network trained on many noise levels: a dB counts the same at each of them, whereas the
    squared error of images with little noise is small and would be neglected. Near 40 dB the loss
    flattens out to 0, so that images that are good enough no longer count.

    Parameters
    ----------
    clean, image : tensors, (N, H, W, C), for a data range of 1.
    """
    squared = ops.mean(ops.square(clean - image), axis=(1, 2, 3))
    return 10 / math.log(10) * ops.log1p(squared / SMALL_MSE)


def psnr_and_ssim(clean: Any, image: Any) -> Any:
    """Return the `psnr_shortfall` plus 20 dB times (1 - SSIM) of each image, (N,).

    It raises the SSIM, and costs little PSNR. The SSIM is that of
    `denoising.evaluation.scores.ssim_uniform`.

    Parameters
    ----------
    clean, image : tensors, (N, H, W, C), for a data range of 1; H and W at least 7.
    """
    return psnr_shortfall(clean, image) + DECIBELS_OF_SSIM * (1 - _ssim(clean, image))


def bce_and_ssim(clean: Any, image: Any) -> Any:
    """Return the binary cross-entropy plus 0.1 (1 - SSIM) of each image, (N,).

    After Zhao et al. 2017 (doi:10.1109/TCI.2016.2644865), who combine the mean absolute error with
    a multi-scale SSIM. On mostly black images the absolute error collapses to all black; the
    cross-entropy does not. The SSIM is that of `denoising.evaluation.scores.ssim_uniform`.

    Parameters
    ----------
    clean, image : tensors, (N, H, W, C), in [0, 1]; H and W at least 7.
    """
    entropy = ops.mean(keras.losses.binary_crossentropy(clean, image), axis=(1, 2))
    return entropy + SSIM_WEIGHT * (1 - _ssim(clean, image))


def _ssim(one: Any, other: Any) -> Any:
    # Averaging all maps at once, by rows and then by columns, is four times as fast as one by one.
    maps = ops.concatenate([one, other, one * one + other * other, one * other], axis=-1)
    for window in ((SSIM_WINDOW, 1), (1, SSIM_WINDOW)):
        maps = ops.average_pool(maps, window, strides=1, padding="valid")
    a, b, squares, product = ops.split(maps, 4, axis=-1)
    pixels = SSIM_WINDOW**2
    unbiased = pixels / (pixels - 1)
    variances = unbiased * (squares - a * a - b * b)
    covariance = unbiased * (product - a * b)
    similarity = (2 * a * b + SSIM_C1) * (2 * covariance + SSIM_C2)
    similarity /= (a * a + b * b + SSIM_C1) * (variances + SSIM_C2)
    return ops.mean(similarity, axis=(1, 2, 3))
