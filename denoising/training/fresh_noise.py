"""Training noise, drawn anew in every epoch."""

from collections.abc import Callable

import numpy as np

from denoising.config.noise import Noise
from denoising.noise.apply import noisy_images
from denoising.noise.keys import draw_levels

Degrade = Callable[[np.ndarray, np.ndarray, int], tuple[np.ndarray, np.ndarray]]
"""Turns clean images, their indices and the epoch into noisy images and their levels, (N,)."""


def fresh_noise(
    noise: Noise, seed: int, split: str = "train", noise_range: list[float] | None = None
) -> Degrade:
    """Return a function that adds new noise in every epoch.

    Every image has the level of `noise`. If a `noise_range` (lowest, highest) is given, each
    image's level is drawn uniformly from it instead.
    """

    def degrade(
        clean: np.ndarray, indices: np.ndarray, epoch: int
    ) -> tuple[np.ndarray, np.ndarray]:
        levels = None
        if noise_range:
            low, high = noise_range
            levels = draw_levels(low, high, seed, split, indices, epoch)
        noisy = noisy_images(clean, noise, seed, split, indices=indices, epoch=epoch, levels=levels)
        return noisy, np.full(len(clean), noise.level) if levels is None else levels

    return degrade


def then(degrade: Degrade, denoise: Callable[[np.ndarray], np.ndarray]) -> Degrade:
    """Return a function that degrades images and then denoises them."""

    def both(clean: np.ndarray, indices: np.ndarray, epoch: int) -> tuple[np.ndarray, np.ndarray]:
        noisy, levels = degrade(clean, indices, epoch)
        return denoise(noisy), levels

    return both
