"""Training noise, drawn anew in every epoch."""

from collections.abc import Callable

import numpy as np

from denoising.config.noise import Noise
from denoising.noise.apply import noisy_images
from denoising.noise.camera import photographed
from denoising.noise.keys import draw_levels, generators, noise_keys

Degrade = Callable[[np.ndarray, np.ndarray, int], tuple[np.ndarray, np.ndarray]]
"""Turns clean images, their indices and the epoch into noisy images and their levels, (N,)."""


def fresh_noise(
    noise: Noise,
    seed: int,
    split: str = "train",
    noise_range: list[float] | None = None,
    camera_fraction: float = 0,
) -> Degrade:
    """Return a function that adds new noise in every epoch.

    Every image has the level of `noise`. If a `noise_range` (lowest, highest) is given, each
    image's level is drawn uniformly from it instead.

    With a range, the fraction `camera_fraction` of the images is photographed instead: see
    `denoising.noise.camera`. Their noise before compression is weak more often than strong, as it
    is in photographs: the square of a uniform number lies between the ends of the range. The level
    that is returned for them is the root mean square of what was added.
    """
    if camera_fraction and noise_range:
        return _mixed(noise, seed, split, noise_range, camera_fraction)

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


def _mixed(
    noise: Noise, seed: int, split: str, noise_range: list[float], camera_fraction: float
) -> Degrade:
    low, high = noise_range

    def degrade(
        clean: np.ndarray, indices: np.ndarray, epoch: int
    ) -> tuple[np.ndarray, np.ndarray]:
        draws = generators(noise_keys(seed, split, "mixture", indices, epoch))
        taken = np.array([random.random() for random in draws]) < camera_fraction
        levels = draw_levels(low, high, seed, split, indices, epoch)
        noisy = np.empty(clean.shape, np.float32)
        noisy[~taken] = noisy_images(
            clean[~taken],
            noise,
            seed,
            split,
            indices=indices[~taken],
            epoch=epoch,
            levels=levels[~taken],
        )
        weak = low + (levels[taken] - low) ** 2 / (high - low)
        keys = noise_keys(seed, split, "camera", indices[taken], epoch)
        noisy[taken], levels[taken] = photographed(clean[taken], weak, keys)
        return noisy, levels

    return degrade


Denoise = Callable[[np.ndarray, np.ndarray | float], np.ndarray]
"""Denoises images, (N, H, W, C), of a noise level, or of one for each, (N,)."""


def then(degrade: Degrade, denoise: Denoise) -> Degrade:
    """Return a function that degrades images and then denoises them."""

    def both(clean: np.ndarray, indices: np.ndarray, epoch: int) -> tuple[np.ndarray, np.ndarray]:
        noisy, levels = degrade(clean, indices, epoch)
        return denoise(noisy, levels), levels

    return both
