"""Images written by earlier stages, memory-mapped and checked against each other."""

from typing import NamedTuple

import numpy as np

from denoising.files.arrays import read_array
from denoising.files.errors import UserError
from denoising.files.tables import read_json
from stages._paths import CLEAN, NOISY

TYPES = {"clean": ["uint8"], "labels": ["int64"], "noisy": ["uint8", "uint16", "float32"]}
AGAIN = "Run `dvc repro`, which regenerates whatever does not match params.yaml."


class Images(NamedTuple):
    """Images of a split: ``uint8``, (N, H, W, C); labels, (N,); the number of classes."""

    clean: np.ndarray
    labels: np.ndarray
    classes: int


class NoisyImages(NamedTuple):
    """Images of a split with their noisy versions, (N, H, W, C), as stored or ``float32``."""

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


def _check(split: str, clean: np.ndarray, *others: np.ndarray) -> None:
    """Raise `UserError` if labels and noisy images do not match the clean images."""
    arrays = clean, *others
    found = [f"{array.dtype} {array.shape}" for array in arrays]
    shapes = clean.shape, clean.shape[:1], clean.shape
    expected = [
        f"{' or '.join(kinds)} {shape}" for kinds, shape in zip(TYPES.values(), shapes, strict=True)
    ]
    fit = [
        str(array.dtype) in kinds and array.shape == shape
        for array, kinds, shape in zip(arrays, TYPES.values(), shapes, strict=False)
    ]
    if clean.ndim != 4 or not all(fit):
        listed = [
            ", ".join(f"{name} {text}" for name, text in zip(TYPES, texts, strict=False))
            for texts in (found, expected[: len(found)])
        ]
        raise UserError(
            f"The {split} arrays do not match: found {listed[0]}, expected {listed[1]}. {AGAIN}"
        )
