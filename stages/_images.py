"""Images written by earlier stages, memory-mapped and checked against each other."""

from typing import NamedTuple

import numpy as np

from denoising.config.noise import Noise
from denoising.files.arrays import read_array
from denoising.files.errors import UserError
from denoising.files.tables import read_json
from denoising.images import as_float
from denoising.noise.apply import noisy_images
from stages._paths import CLEAN, NOISY

AGAIN = "Run `dvc repro`, which regenerates whatever does not match params.yaml."


class Images(NamedTuple):
    """Images of a split: ``uint8``, (N, H, W, C); labels, (N,); the number of classes."""

    clean: np.ndarray
    labels: np.ndarray
    classes: int


class NoisyImages(NamedTuple):
    """Images of a split with their noisy versions, ``float32``, (N, H, W, C)."""

    clean: np.ndarray
    labels: np.ndarray
    noisy: np.ndarray
    classes: int


def read_clean(split: str, dataset: str) -> Images:
    """Map a split that `download` wrote; raise `UserError` if it is of another data set."""
    folder = CLEAN / split
    known = read_json(folder / "dataset.json")
    clean, labels = read_array(folder / "images.npy"), read_array(folder / "labels.npy")
    if known.get("dataset") != dataset:
        raise UserError(
            f"{folder} holds images of {known.get('dataset')}, but params.yaml selects the data "
            f"set {dataset}. {AGAIN}"
        )
    _check(split, clean, labels)
    return Images(clean, labels, known.get("classes", 0))


def read_noisy(split: str, dataset: str) -> NoisyImages:
    """Map a split that `download` and `add_noise` wrote, as `read_clean` does."""
    clean, labels, classes = read_clean(split, dataset)
    noisy = read_array(NOISY / split / "images.npy")
    _check(split, clean, labels, noisy)
    return NoisyImages(clean, labels, noisy, classes)


def read_level(split: str) -> float:
    """Return the noise level of the noisy images that `add_noise` wrote."""
    return read_json(NOISY / split / "noise.json")["level"]


def part_of(images: Images, most: int, fraction: float) -> int:
    """Return how many images of a split are measured: a `fraction` of them, but at most `most`."""
    return min(most, max(1, round(fraction * len(images.labels))))


def with_noise(
    images: Images, split: str, noise: Noise, seed: int, number: int | None = None
) -> NoisyImages:
    """Return the first `number` images of a split, or all, with noise; clean ones as floats.

    The noise is that of `add_noise`: at the same level, the images are the same.
    """
    clean = as_float(images.clean[:number])
    noisy = noisy_images(clean, noise, seed, split)
    return NoisyImages(clean, images.labels[:number], noisy, images.classes)


def _check(split: str, clean: np.ndarray, *others: np.ndarray) -> None:
    """Raise `UserError` if labels and noisy images do not match the clean images."""
    found = [f"{part.dtype} {part.shape}" for part in (clean, *others)]
    expected = [f"uint8 {clean.shape}", f"int64 {clean.shape[:1]}", f"float32 {clean.shape}"]
    if clean.ndim != 4 or found != expected[: len(found)]:
        names = ("clean", "labels", "noisy")
        listed = [
            ", ".join(f"{name} {text}" for name, text in zip(names, texts, strict=False))
            for texts in (found, expected[: len(found)])
        ]
        raise UserError(
            f"The {split} arrays do not match: found {listed[0]}, expected {listed[1]}. {AGAIN}"
        )
