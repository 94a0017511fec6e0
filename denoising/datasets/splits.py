"""Labelled images, and their division into splits."""

from typing import NamedTuple

import numpy as np

from denoising.files.errors import UserError
from denoising.seeding import generator


class Split(NamedTuple):
    """Labelled images: ``uint8``, (N, height, width, channels), and ``int64``, (N,)."""

    images: np.ndarray
    labels: np.ndarray


def cut(split: Split, size: int, *stream: int | str) -> tuple[Split, Split]:
    """Draw `size` images from a split, stratified by class, with the random stream `stream`.

    Class proportions are kept, rounded by the largest-remainder method, and so is the order of the
    images.

    Returns
    -------
    the remaining images, and those drawn.

    Raises
    ------
    UserError
        `size` is below the number of classes, or would leave no image of some class.
    """
    classes, counts = np.unique(split.labels, return_counts=True)
    if not len(classes) <= size < len(split.labels):
        raise UserError(
            f"Cannot hold out {size} of {len(split.labels)} images. Expected from {len(classes)} "
            f"(one per class) to {len(split.labels) - 1}. Change the number in datasets.*.source."
        )
    exact = counts * size / counts.sum()
    shares = np.floor(exact).astype(int)
    largest = np.argsort(shares - exact, kind="stable")[: size - shares.sum()]
    shares[largest] += 1
    if (shares == counts).any():
        raise UserError(
            f"Cannot hold out {size} of {len(split.labels)} images: nothing would be left of a "
            f"class of {counts[shares == counts].min()}. Change the number in datasets.*.source."
        )
    random = generator(*stream)
    taken = np.zeros(len(split.labels), dtype=bool)
    for label, share in zip(classes, shares, strict=True):
        taken[random.permutation(np.flatnonzero(split.labels == label))[:share]] = True
    return (
        Split(split.images[~taken], split.labels[~taken]),
        Split(split.images[taken], split.labels[taken]),
    )
