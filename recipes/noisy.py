"""Noise that is drawn once, as the published projects have it."""

import numpy as np

from denoising.datasets.splits import Split
from denoising.inference import as_float
from denoising.noise import add_noise, noise_keys
from denoising.params import Noise


def stored_noise(split: Split, name: str, noise: Noise, seed: int) -> np.ndarray:
    """Return the noisy images of a split, ``float32``, the same in every epoch."""
    keys = noise_keys(seed, name, noise.kind, range(len(split.labels)))
    return add_noise(as_float(split.images), noise.level, keys, noise.kind, noise.clip)
