"""Batches for tests, and untrained networks in which every layer has an effect."""

import keras
import numpy as np

from denoising.config.card import Card
from denoising.config.noise import Noise
from denoising.config.training import Augmentation
from denoising.inference.engine import Network, from_bytes
from denoising.networks import pooled
from denoising.training.batches import Batches, BatchSettings, Samples, Target
from denoising.training.export import to_onnx
from denoising.training.fresh_noise import Degrade

NOISE = Noise(kind="gaussian", level=0.2, clip=True)
STILL = Augmentation(flip=False, shift=0)


def batches(
    pixels: np.ndarray,
    target: Target = "reconstruction",
    *,
    size: int = 16,
    noisy: np.ndarray | None = None,
    degrade: Degrade | None = None,
    augmentation: Augmentation | None = None,
    level_known: float = 1,
    erase: float = 0,
) -> Batches:
    """Return batches of images, ``uint8``, (N, H, W, 1), of 4 classes."""
    samples = Samples(pixels, np.arange(len(pixels)) % 4, noisy, degrade)
    settings = BatchSettings(target, size, 0, 4, augmentation, level_known, erase)
    return Batches(samples, settings)


def small_denoiser() -> keras.Model:
    """Return a denoiser for tests in which the network does not matter: it is traced in no time."""
    return pooled.build((28, 28, 1), filters=[4], poolings=1)


def runnable(model: keras.Model, card: Card | None = None) -> Network:
    """Return a Keras model as the network that runs without Keras."""
    return from_bytes(to_onnx(model, card and card.model_dump()), model.name, threads=2)


def without_zeros(model: keras.Model) -> keras.Model:
    """Give random values to kernels that start at 0, so that every layer has an effect."""
    for weight in model.weights:
        if len(weight.shape) == 4 and not weight.numpy().any():
            weight.assign(keras.random.normal(weight.shape, stddev=0.04))
    return model
