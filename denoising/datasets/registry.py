"""Load a data set of any format, check it, and divide it into splits."""

from collections.abc import Callable, Mapping

import numpy as np

from denoising.config.params import Dataset
from denoising.config.sources import Source
from denoising.datasets import cifar, digits, folder, idx
from denoising.datasets.splits import Part, Split, drawn
from denoising.files.errors import UserError

FORMATS: dict[str, Callable[..., tuple[Split, Split]]] = {
    "digits": digits.read,
    "idx": idx.read,
    "cifar": cifar.read,
    "folder": folder.read,
}
SMALLEST = 11  # pixels, the window of SSIM


def load_named(datasets: Mapping[str, Dataset], name: str, seed: int) -> dict[str, Split]:
    """Return the splits of an entry of `datasets`; raise `UserError` if there is none."""
    if name not in datasets:
        raise UserError(
            f"params.yaml has no data set {name!r}. Expected one of: {', '.join(datasets)}"
        )
    return load(datasets[name].source, name, seed)


def load(source: Source, name: str, seed: int) -> dict[str, Split]:
    """Return the splits of a data set in memory, see `divide`."""
    return {part: found.read() for part, found in divide(source, name, seed).items()}


def divide(source: Source, name: str, seed: int) -> dict[str, Part]:
    """Return the splits ``train``, ``validation`` and ``test`` of a data set.

    The published test set stays whole; validation images are cut from the training set.

    Raises
    ------
    UserError
        The data are missing or damaged, labels do not match `source.classes`, a class is missing
        from a split, or images are too small or differ in shape.
    """
    train, test = FORMATS[source.format](source, name, seed)
    number = len(source.classes) or 1  # images without classes have the label 0
    for part in (train, test):
        if part.labels.min() < 0 or part.labels.max() >= number:
            raise UserError(
                f"Labels do not match datasets.{name}.source.classes. Expected labels from 0 to "
                f"{number - 1}. Found: {part.labels.min()} to {part.labels.max()}. "
                "List as many classes as there are labels."
            )
    _check_classes(source, name, {"training": train, "test": test})
    if train.images.shape[1:] != test.images.shape[1:]:
        raise UserError(
            "Training and test images differ in shape: "
            f"{train.images.shape[1:]} and {test.images.shape[1:]}. Use two sets of one shape."
        )
    if min(train.images.shape[1:3]) < SMALLEST:
        raise UserError(
            f"Images of {train.images.shape[1]}×{train.images.shape[2]} pixels are too small. "
            f"Expected at least {SMALLEST}×{SMALLEST}, the window of SSIM. Enlarge them."
        )
    taken = drawn(train.labels, source.validation, seed, name, "validation")
    masks = {
        "train": (train, ~taken),
        "validation": (train, taken),
        "test": (test, np.ones(len(test.labels), bool)),
    }
    return {
        part: Part(split.images, np.flatnonzero(mask), split.labels[mask])
        for part, (split, mask) in masks.items()
    }


def _check_classes(source: Source, name: str, parts: dict[str, Split]) -> None:
    """Raise `UserError` if a part has no image of some class."""
    for title, part in parts.items():
        counts = np.bincount(part.labels, minlength=len(source.classes))
        if absent := [source.classes[label] for label in np.flatnonzero(counts == 0)]:
            raise UserError(
                f"datasets.{name} has no {title} images of {', '.join(absent)}. Expected some of "
                f"each of the {len(counts)} classes in datasets.{name}.source.classes. "
                "Add images, or remove the class."
            )
