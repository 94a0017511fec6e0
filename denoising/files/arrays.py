"""Arrays on disk: ``.npy`` files, memory-mapped, and columns of numbers as text."""

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import DTypeLike

from denoising.files.atomic import existing, reading, replacing


@contextlib.contextmanager
def writing_array(
    path: Path | str, shape: tuple[int, ...], dtype: DTypeLike
) -> Iterator[np.ndarray]:
    """Yield a memory-mapped array to fill, for arrays too large for memory."""
    with replacing(path) as partial:
        array = np.lib.format.open_memmap(partial, mode="w+", dtype=dtype, shape=shape)
        _reserve(partial)
        yield array
        array.flush()
        del array


def write_array(path: Path | str, array: np.ndarray) -> None:
    """Write an array as ``.npy``."""
    with writing_array(path, array.shape, array.dtype) as written:
        written[...] = array


def _reserve(path: Path) -> None:
    """Allocate the disk space of a sparse file: writing to a mapped page without space is fatal."""
    if hasattr(os, "posix_fallocate"):  # not on macOS
        with path.open("r+b") as file:
            os.posix_fallocate(file.fileno(), 0, path.stat().st_size)


def read_array(path: Path | str) -> np.ndarray:
    """Map an ``.npy`` file into memory, read-only."""
    with reading(path):
        return np.lib.format.open_memmap(existing(path), mode="r")


def write_values(path: Path | str, values: np.ndarray) -> None:
    """Write numbers as text, one per line, with all their digits."""
    with replacing(path) as partial:
        partial.write_text("".join(f"{value!r}\n" for value in values.tolist()), encoding="utf-8")
