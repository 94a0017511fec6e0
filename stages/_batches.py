"""Batches and cards of models, for the trainings of the pipeline and of the studies."""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from denoising.config.card import Card
from denoising.config.noise import Noise
from denoising.config.training import Augmentation, TrainingNoise
from denoising.datasets.appearance import find_ground, find_usual
from denoising.files.arrays import kept_on_disk
from denoising.inference.blocks import blocks
from denoising.noise.storage import stored
from denoising.training.batches import Batches, BatchSettings, Samples
from denoising.training.fresh_noise import Denoise, fresh_noise, then

IN_16_BITS = np.dtype(np.uint16)

Read = Callable[[str, bool], Samples]
"""Returns the images of a split, with stored noise if the second argument is true."""


class NoiseSettings(NamedTuple):
    """The noise of training and validation images.

    Attributes
    ----------
    training : ``fresh``, training images have new noise in every epoch; or ``fixed``, stored noise.
    levels : lowest and highest level, from which each image's level is drawn instead of that of
        `noise`; validation images then have fresh noise, too.
    camera_fraction : fraction of the images with noise as cameras make it, at random levels.
    """

    noise: Noise
    training: TrainingNoise
    levels: list[float] | None = None
    camera_fraction: float = 0

    def is_fresh(self, split: str) -> bool:
        """Return whether the images of a split have new noise in every epoch."""
        return bool(self.levels) or (split == "train" and self.training == "fresh")


def make_batches(
    read: Read,
    settings: BatchSettings,
    augmentation: Augmentation,
    noise: NoiseSettings | None,
    denoise: Denoise | None = None,
) -> tuple[Batches, Batches]:
    """Return batches of training and of validation images.

    Parameters
    ----------
    read : reads the images of a split.
    settings : of both splits, without `augmentation`, which is for training images alone.
    noise : None for clean images.
    denoise : applied to the noisy images.
    """
    batches = []
    for split in ("train", "validation"):
        fresh = noise is not None and noise.is_fresh(split)
        samples = read(split, noise is not None and not fresh)
        if noise and fresh:
            degrade = fresh_noise(
                noise.noise, settings.seed, split, noise.levels, noise.camera_fraction
            )
            samples = samples._replace(degrade=degrade)
        if noise and denoise:
            samples = _denoised(samples, denoise, noise.noise.level)
        used = augmentation if split == "train" else None
        batches.append(Batches(samples, settings._replace(augmentation=used)))
    return batches[0], batches[1]


def _denoised(samples: Samples, denoise: Denoise, level: float) -> Samples:
    """Return samples whose noisy images are denoised: now, on disk, or when they are drawn.

    `level` is that of stored noise.
    """
    if (noisy := samples.noisy) is not None:
        denoised = (stored(denoise(noisy[part], level), IN_16_BITS) for part in blocks(noisy.shape))
        return samples._replace(noisy=kept_on_disk(noisy.shape, IN_16_BITS, denoised))
    return samples._replace(degrade=samples.degrade and then(samples.degrade, denoise))


def card_of(batches: tuple[Batches, Batches], dataset: str, **more: Any) -> Card:
    """Return the card of a model trained on these batches; `more` are its further entries.

    That of a classifier describes the appearance of its images.
    """
    train, validation = batches
    if more.get("classes"):
        seen = (validation[number][0] for number in range(len(validation)))
        clean = train.samples.clean
        more["ground"] = find_ground(clean)
        more["usual"] = find_usual(clean, validation.samples.clean, seen)
    return Card(
        dataset=dataset,
        images=len(train.samples.clean),
        size=list(train.samples.clean.shape[1:]),
        seed=train.settings.seed,
        **more,
    )
