"""The formats by their names in `params.yaml`, and what every data set has to be."""

from collections.abc import Callable, Mapping

from denoising.config.params import Dataset
from denoising.datasets import cifar, digits, folder, idx
from denoising.datasets.splits import Split, cut
from denoising.files.errors import UserError

FORMATS: dict[str, Callable[..., tuple[Split, Split]]] = {
    "digits": digits.read,
    "idx": idx.read,
    "cifar": cifar.read,
    "folder": folder.read,
}
SMALLEST = 11


def load_named(datasets: Mapping[str, Dataset], name: str, seed: int) -> dict[str, Split]:
    """Return the splits of an entry of `datasets`; raise `UserError` if there is none."""
    if name not in datasets:
        raise UserError(
            f"params.yaml has no data set {name!r}. Expected one of: {', '.join(datasets)}"
        )
    return load(datasets[name].source, name, seed)


def load(source, name: str, seed: int) -> dict[str, Split]:
    """Return the splits ``train``, ``validation`` and ``test`` of a data set.

    The published test set stays whole; validation is cut from the training set.

    Raises
    ------
    UserError : the data cannot be had, or labels do not fit `source.classes`.
    """
    train, test = FORMATS[source.format](source, name, seed)
    for part in (train, test):
        if part.labels.min() < 0 or part.labels.max() >= len(source.classes):
            raise UserError(
                f"Expected labels from 0 to {len(source.classes) - 1}, the classes that "
                f"datasets.{name}.source.classes names. Received: labels from "
                f"{part.labels.min()} to {part.labels.max()}"
            )
    if train.images.shape[1:] != test.images.shape[1:]:
        raise UserError(
            "Expected training and test images of one shape. "
            f"Received: {train.images.shape[1:]} and {test.images.shape[1:]}"
        )
    if min(train.images.shape[1:3]) < SMALLEST:
        raise UserError(
            f"Expected images of at least {SMALLEST}×{SMALLEST} pixels, the window of SSIM. "
            f"Received: {train.images.shape[1]}×{train.images.shape[2]}"
        )
    train, validation = cut(train, source.validation, seed, name, "validation")
    return {"train": train, "validation": validation, "test": test}
