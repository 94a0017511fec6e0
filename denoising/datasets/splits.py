"""Labelled images, and their division into splits."""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from denoising.files.arrays import block_slices
from denoising.files.errors import UserError
from denoising.seeding import generator


class Split(NamedTuple):
    """Labelled images: ``uint8``, (N, height, width, channels), and ``int64``, (N,)."""

    images: np.ndarray
    labels: np.ndarray


class Part(NamedTuple):
    """Some of the images of a split, which are read when they are needed.

    Attributes
    ----------
    whole : all images of the split, perhaps mapped from a file.
    places : those of the images, ascending, (N,).
    labels : of the images, (N,).
    """

    whole: np.ndarray
    places: np.ndarray
    labels: np.ndarray

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape of the images, (N, height, width, channels)."""
        return len(self.places), *self.whole.shape[1:]

    def blocks(self) -> Iterator[np.ndarray]:
        """Yield the images, block by block."""
        for block in block_slices(self.shape):
            yield self.whole[self.places[block]]

    def read(self) -> Split:
        """Return the images in memory."""
        return Split(np.asarray(self.whole[self.places]), self.labels)


def cut(split: Split, size: int, *stream: int | str, leave: int = 1) -> tuple[Split, Split]:
    """Draw `size` images from a split, stratified by class, with the random stream `stream`.

    The order of the images is kept, and so are the proportions of the classes, rounded by the
    largest-remainder method; but at least one image of each class is drawn, and `leave` remain.

    Returns
    -------
    the remaining images, and those drawn.

    Raises
    ------
    UserError
        `size`, or the number of images of a class, is too small or too large for that.
    """
    taken = drawn(split.labels, size, *stream, leave=leave)
    return (
        Split(split.images[~taken], split.labels[~taken]),
        Split(split.images[taken], split.labels[taken]),
    )


def drawn(labels: np.ndarray, size: int, *stream: int | str, leave: int = 1) -> np.ndarray:
    """Return which images `cut` draws, by their labels, (N,), as a mask, (N,)."""
    classes, counts = np.unique(labels, return_counts=True)
    _check(size, counts, leave)
    random = generator(*stream)
    taken = np.zeros(len(labels), dtype=bool)
    for label, share in zip(classes, _shares(size, counts, leave), strict=True):
        taken[random.permutation(np.flatnonzero(labels == label))[:share]] = True
    return taken


def _check(size: int, counts: np.ndarray, leave: int) -> None:
    """Raise `UserError` unless each part can have its images of each class."""
    whole, least, most = counts.sum(), len(counts), counts.sum() - leave * len(counts)
    if counts.min() <= leave:
        raise UserError(
            f"A class has too few images ({counts.min()} of {whole}) to be in every split. "
            f"Expected at least {leave + 1} images of each class. Add some, or remove the class."
        )
    if not least <= size <= most:
        several = len(counts) > 1
        raise UserError(
            f"Cannot hold out {size} of {whole} images"
            f"{' with some of each class in every split' if several else ''}. "
            f"Expected from {least} to {most}{f', for {len(counts)} classes' if several else ''}. "
            "Change `test` or `validation` in datasets.*.source."
        )


def _shares(size: int, counts: np.ndarray, leave: int) -> np.ndarray:
    """Divide `size` among classes of these `counts`, int, (K,), in proportion."""
    exact = counts * size / counts.sum()
    shares = np.floor(exact).astype(int)
    largest = np.argsort(shares - exact, kind="stable")[: size - shares.sum()]
    shares[largest] += 1
    shares = np.clip(shares, 1, counts - leave)
    while missing := size - shares.sum():
        # Rare classes got more or less than their share: the others make up for it.
        step = np.sign(missing)
        free = shares < counts - leave if step > 0 else shares > 1
        shares[np.argmax(np.where(free, step * (exact - shares), -np.inf))] += step
    return shares
