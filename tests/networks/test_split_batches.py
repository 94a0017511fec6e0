"""The noise of training and validation images, the same for the pipeline and for the studies."""

import numpy as np
import pytest

from denoising.config.training import Augmentation
from denoising.inference import blocks
from denoising.training.batches import BatchSettings, Samples
from stages._batches import NoiseSettings, make_batches
from tests.support.learning import NOISE

SETTINGS = BatchSettings("classification", 16, 0, 4)
SHIFTED = Augmentation(flip=True, shift=2)


@pytest.fixture
def read(pixels):
    """Return a reader of images whose stored noise makes them white."""

    def samples(split: str, with_noise: bool) -> Samples:
        noisy = np.ones(pixels.shape, np.float32) if with_noise else None
        return Samples(pixels, np.arange(len(pixels)) % 4, noisy=noisy)

    return samples


@pytest.mark.parametrize(
    ("noise", "train", "validation"),
    [
        (None, "clean", "clean"),
        (NoiseSettings(NOISE, "fresh"), "fresh", "stored"),
        (NoiseSettings(NOISE, "fixed"), "stored", "stored"),
        (NoiseSettings(NOISE, "fresh", [0.1, 0.5]), "fresh", "fresh"),
    ],
)
def test_noise_is_fresh_or_stored_for_each_split(noise, train, validation, read):
    found = []
    for batches in make_batches(read, SETTINGS, SHIFTED, noise):
        fresh, stored = batches.samples.degrade is not None, batches.samples.noisy is not None
        assert not (fresh and stored)
        found.append("fresh" if fresh else "stored" if stored else "clean")
    assert found == [train, validation]


def test_only_training_images_are_augmented(read):
    train, validation = make_batches(read, SETTINGS, SHIFTED, None)
    assert train.settings.augmentation == SHIFTED
    assert validation.settings.augmentation is None


@pytest.mark.parametrize("kind", ["fresh", "fixed"])
def test_a_denoiser_sees_the_noisy_images(kind, read):
    seen = []

    def halved(noisy: np.ndarray, level: np.ndarray | float) -> np.ndarray:
        seen.append(noisy)
        return noisy / 2

    for batches in make_batches(read, SETTINGS, SHIFTED, NoiseSettings(NOISE, kind), halved):
        images, _ = batches[0]
        assert images.max() <= 0.5 + 1e-5  # rounded to 16 bits where it is stored
    assert seen


def test_denoised_images_are_kept_on_disk_in_16_bits(read, monkeypatch):
    monkeypatch.setattr(blocks, "BATCHES", 1)
    lengths = []

    def halved(noisy: np.ndarray, level: np.ndarray | float) -> np.ndarray:
        lengths.append(len(noisy))
        return noisy / 2

    many = read("train", True)
    clean, labels, noisy, *_ = (
        part if part is None else np.concatenate(5 * [part]) for part in many
    )
    many = Samples(clean, labels, noisy)
    settings = NoiseSettings(NOISE, "fixed")
    for batches in make_batches(lambda split, stored: many, SETTINGS, SHIFTED, settings, halved):
        noisy = batches.samples.noisy
        assert isinstance(noisy, np.memmap)
        assert noisy.dtype == np.uint16
        assert batches[0][0].dtype == np.float32
        assert batches[0][0] == pytest.approx(0.5, abs=1e-5)
    assert lengths == 2 * [250, 70]
