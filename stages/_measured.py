"""The images that are measured: all of a split or a random part of it, with noise."""

import numpy as np

from denoising.config.noise import Noise
from denoising.evaluation.parts import random_part
from denoising.images import as_float
from denoising.noise.apply import noisy_images
from denoising.noise.storage import storage_type, stored
from stages._images import Images, NoisyImages


def part_of(images: Images, split: str, seed: int, most: int, fraction: float = 1.0) -> np.ndarray:
    """Return the positions of the images of a split that are measured, drawn at random.

    They are a `fraction` of the images, but at most `most`.
    """
    number = len(images.labels)
    return random_part(number, min(most, max(1, round(fraction * number))), seed, split)


def with_noise(
    images: Images, split: str, noise: Noise, seed: int, part: np.ndarray
) -> NoisyImages:
    """Return images of a split at the positions in `part`, (N,), with noise, as floats.

    The noise is that of `add_noise`: at the same level, the images are the same.
    """
    clean = as_float(images.clean[part])
    drawn = noisy_images(clean, noise, seed, split, indices=part)
    noisy = as_float(stored(drawn, storage_type(noise)))
    return NoisyImages(clean, images.labels[part], noisy, images.classes)
