"""Arrays on disk: ``.npy`` files and files without a name, memory-mapped; numbers as text."""

import contextlib
import math
import os
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import DTypeLike

from denoising.files.atomic import existing, reading, replacing

BLOCK_BYTES, READ_BYTES = 2**24, 2**20


class Readable(Protocol):
    """A file that can be read into a buffer."""

    def readinto(self, buffer: memoryview, /) -> int | None: ...


@contextlib.contextmanager
def writing_array(
    path: Path | str, shape: tuple[int, ...], dtype: DTypeLike
) -> Iterator[np.ndarray]:
    """Yield a memory-mapped array to fill, for arrays too large for memory."""
    with replacing(path) as partial:
        array = np.lib.format.open_memmap(partial, mode="w+", dtype=dtype, shape=shape)
        with partial.open("r+b") as file:
            _reserve(file.fileno(), partial.stat().st_size)
        yield array
        array.flush()
        del array


def write_blocks(
    path: Path | str, shape: tuple[int, ...], dtype: DTypeLike, blocks: Iterable[np.ndarray]
) -> None:
    """Write an array of this shape as ``.npy``, from blocks of its rows in their order."""
    with writing_array(path, shape, dtype) as written:
        _fill(written, blocks)


def kept_on_disk(
    shape: tuple[int, ...], dtype: DTypeLike, blocks: Iterable[np.ndarray]
) -> np.ndarray:
    """Return an array of blocks of its rows, which takes no memory, see `scratch_array`."""
    array = scratch_array(shape, dtype)
    _fill(array, blocks)
    return array


def scratch_array(shape: tuple[int, ...], dtype: DTypeLike) -> np.ndarray:
    """Return an array to fill, mapped from a file that has no name and ends with the array.

    The file is in the current folder, as that of the system's temporary files may be in memory.
    """
    with tempfile.TemporaryFile(dir=Path.cwd()) as file:
        size = math.prod(shape) * np.dtype(dtype).itemsize
        file.truncate(size)
        _reserve(file.fileno(), size)
        return np.memmap(file, dtype=dtype, mode="r+", shape=shape)


def read_into(array: np.ndarray, file: Readable) -> int:
    """Fill an array of bytes from a file, block by block; return how many bytes the file had."""
    values, place = array.reshape(-1), 0
    while place < len(values):
        number = file.readinto(values[place : place + READ_BYTES].data)
        if not number:
            break
        place += number
    return place


def block_slices(shape: tuple[int, ...], itemsize: int = 1) -> Iterator[slice]:
    """Yield slices that divide N rows, the first of `shape`, into blocks of about 16 MiB."""
    rows = max(1, BLOCK_BYTES // (math.prod(shape[1:]) * itemsize))
    for start in range(0, shape[0], rows):
        yield slice(start, min(start + rows, shape[0]))


def _fill(array: np.ndarray, blocks: Iterable[np.ndarray]) -> None:
    start = 0
    for block in blocks:
        array[start : start + len(block)] = block
        start += len(block)
    if start != len(array):
        raise ValueError(f"Expected {len(array)} rows. Received: {start}")


def write_array(path: Path | str, array: np.ndarray) -> None:
    """Write an array as ``.npy``."""
    with writing_array(path, array.shape, array.dtype) as written:
        written[...] = array


def _reserve(file: int, size: int) -> None:
    """Allocate the disk space of a sparse file: writing to a mapped page without space is fatal."""
    if hasattr(os, "posix_fallocate"):  # not on macOS
        os.posix_fallocate(file, 0, size)


def read_array(path: Path | str) -> np.ndarray:
    """Map an ``.npy`` file into memory, read-only."""
    with reading(path):
        return np.lib.format.open_memmap(existing(path), mode="r")


def write_values(path: Path | str, values: np.ndarray) -> None:
    """Write numbers as text, one per line, with all their digits."""
    with replacing(path) as partial:
        partial.write_text("".join(f"{value!r}\n" for value in values.tolist()), encoding="utf-8")
