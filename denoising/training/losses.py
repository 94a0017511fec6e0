"""What networks are trained to make small."""

import math

import keras
from keras import ops

SSIM_WEIGHT = 0.1
SSIM_WINDOW = 7
SSIM_C1, SSIM_C2 = 0.01**2, 0.03**2
# A mean squared error that is small enough: that of 40 dB.
SMALL_MSE = 1e-4


def classification_loss(label_smoothing: float) -> keras.losses.Loss:
    """Return the cross-entropy of logits, in nats, with smoothed targets."""
    return keras.losses.CategoricalCrossentropy(from_logits=True, label_smoothing=label_smoothing)


def reconstruction_loss(name: str):
    """Return the loss of images that a parameter names, as `keras.Model.compile` takes it."""
    return {"bce_and_ssim": bce_and_ssim, "psnr": psnr_shortfall}.get(name, name)


def psnr_shortfall(clean, image):
    """Return by how many dB the PSNR of each image falls short of 40, above 0, (N,).

    Where a network learns many levels of noise, a dB counts alike at each of them; the squared
    error of images with little noise is small, and so is what it would gain there. Near 40 dB it
    bends to 0, so that images that are good enough have no say.

    Parameters
    ----------
    clean, image : tensors, (N, H, W, C), for a data range of 1.
    """
    squared = ops.mean(ops.square(clean - image), axis=(1, 2, 3))
    return 10 / math.log(10) * ops.log1p(squared / SMALL_MSE)


def bce_and_ssim(clean, image):
    """Return the binary cross-entropy plus 0.1 (1 - SSIM) of each image, (N,).

    After Zhao et al. 2017 (doi:10.1109/TCI.2016.2644865), who mix the mean absolute error with an
    SSIM of several scales. On images that are mostly black that error leads to black alone; the
    cross-entropy does not. The SSIM is that of `denoising.scores.ssim_uniform`.

    Parameters
    ----------
    clean, image : tensors, (N, H, W, C), in [0, 1]; H and W at least 7.
    """
    entropy = ops.mean(keras.losses.binary_crossentropy(clean, image), axis=(1, 2))
    return entropy + SSIM_WEIGHT * (1 - _ssim(clean, image))


def _ssim(one, other):
    # All averages at once, in rows and then in columns: four times as fast as one by one.
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
