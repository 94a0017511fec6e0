"""What networks in tests learn from, and networks that seem to have learned."""

import keras
import numpy as np

from denoising.config.noise import Noise
from denoising.config.training import Augmentation
from denoising.training.batches import Batches

NOISE = Noise(kind="gaussian", level=0.2, clip=True)
STILL = Augmentation(flip=False, shift=0)


def batches(pixels, target="reconstruction", *, size=16, **options) -> Batches:
    """Return batches of images, ``uint8``, (N, H, W, 1), of 4 classes."""
    labels = np.arange(len(pixels)) % 4
    return Batches(pixels, labels, classes=4, target=target, batch_size=size, seed=0, **options)


def without_zeros(model: keras.Model) -> keras.Model:
    """Give kernels that begin as 0 random values: every layer has a say, as once trained."""
    for weight in model.weights:
        if len(weight.shape) == 4 and not weight.numpy().any():
            weight.assign(keras.random.normal(weight.shape, stddev=0.04))
    return model
