"""What tests learn from: a few images in batches, with noise or without."""

import numpy as np

from denoising.params import Augmentation, Noise
from denoising.training import Batches

NOISE = Noise(kind="gaussian", level=0.2, clip=True)
STILL = Augmentation(flip=False, shift=0)


def batches(pixels, target="reconstruction", *, size=16, **options) -> Batches:
    labels = np.arange(len(pixels)) % 4
    return Batches(pixels, labels, classes=4, target=target, batch_size=size, seed=0, **options)
