"""Noisy versions of the images of a split, as they are stored."""

from collections.abc import Iterator

import numpy as np

from denoising.config.noise import Noise
from denoising.inference.blocks import blocks
from denoising.noise.apply import noisy_images
from denoising.noise.storage import storage_type, stored


def noisy_blocks(clean: np.ndarray, noise: Noise, seed: int, split: str) -> Iterator[np.ndarray]:
    """Yield the images with noise, block by block, in the type of `storage_type`.

    Parameters
    ----------
    clean : all images of the split, (N, H, W, C), ``uint8``.
    """
    dtype = storage_type(noise)
    for part in blocks(clean.shape):
        indices = range(len(clean))[part]
        drawn = noisy_images(clean[part], noise, seed, split, indices=indices)
        yield stored(drawn, dtype)
