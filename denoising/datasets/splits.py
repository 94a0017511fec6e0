"""Labelled images, and how they are divided."""

from typing import NamedTuple

import numpy as np

from denoising.files.errors import UserError
from denoising.seeding import generator


class Split(NamedTuple):
    """Labelled images: ``uint8``, (N, height, width, channels), and ``int64``, (N,)."""

    images: np.ndarray
    labels: np.ndarray


def cut(split: Split, size: int, *stream: int | str) -> tuple[Split, Split]:
    """Take `size` images out of a split, by class and by the random stream called `stream`.

    Each class is represented as in the whole, rounded by largest remainder. Order is kept.

    Returns
    -------
    what is left, and what was taken.
    """
    classes, counts = np.unique(split.labels, return_counts=True)
    if not len(classes) <= size < len(split.labels):
        raise UserError(
            f"Expected to cut from {len(classes)} (one a class) to {len(split.labels) - 1} images "
            f"out of {len(split.labels)}. Received: {size}. Change it in datasets.*.source"
        )
    exact = counts * size / counts.sum()
    shares = np.floor(exact).astype(int)
    largest = np.argsort(shares - exact, kind="stable")[: size - shares.sum()]
    shares[largest] += 1
    if (shares == counts).any():
        raise UserError(
            f"Expected to leave something of each class. Received: {size} images to be cut out of "
            f"{len(split.labels)}, of a class with {counts[shares == counts].min()} all of them. "
            "Change it in datasets.*.source"
        )
    random = generator(*stream)
    taken = np.zeros(len(split.labels), dtype=bool)
    for label, share in zip(classes, shares, strict=True):
        taken[random.permutation(np.flatnonzero(split.labels == label))[:share]] = True
    return (
        Split(split.images[~taken], split.labels[~taken]),
        Split(split.images[taken], split.labels[taken]),
    )
