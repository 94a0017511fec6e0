"""Measure images block by block, so that memory does not grow with their number."""

from collections.abc import Callable, Iterator
from typing import Any, TypeVar

import numpy as np

from denoising.inference.predict import batch_length

BATCHES = 4  # in a block

Found = TypeVar("Found")


def blocks(shape: tuple[int, ...]) -> Iterator[slice]:
    """Yield slices of N images, (N, H, W, C), of a few batches each.

    As no batch is divided, a network's results do not depend on the length of a block.
    """
    length = BATCHES * batch_length(shape)
    for start in range(0, shape[0], length):
        yield slice(start, min(start + length, shape[0]))


def by_blocks(measure: Callable[[slice], Found], shape: tuple[int, ...]) -> Found:
    """Return what `measure` finds for all images.

    Parameters
    ----------
    measure : returns, for the images in a slice, arrays with a row for each, in dictionaries or
        named tuples of any depth.
    shape : of all images, (N, H, W, C), N at least 1.

    Returns
    -------
    the same for all images, with N rows.
    """
    whole: Any = None
    for block in blocks(shape):
        found = measure(block)
        whole = _empty(found, shape[0]) if whole is None else whole
        _put(whole, block, found)
    return whole


def _empty(found: Any, rows: int) -> Any:
    if isinstance(found, dict):
        return {name: _empty(part, rows) for name, part in found.items()}
    if isinstance(found, tuple):
        return type(found)(*(_empty(part, rows) for part in found))
    return np.empty((rows, *found.shape[1:]), found.dtype)


def _put(whole: Any, block: slice, found: Any) -> None:
    if isinstance(found, dict):
        for name, part in found.items():
            _put(whole[name], block, part)
    elif isinstance(found, tuple):
        for target, part in zip(whole, found, strict=True):
            _put(target, block, part)
    else:
        whole[block] = found
