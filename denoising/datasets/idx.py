"""The IDX layout of MNIST and similar data sets (Y. LeCun, http://yann.lecun.com/exdb/mnist/).

A file has a header of big-endian words (two zero bytes, type, number of dimensions; then each
dimension), followed by the values in row-major order. Type 8, ``uint8``, is the only one supported.
Files may be gzipped. A plain file is mapped, a gzipped one unpacked to disk: neither is held in
memory.
"""

import gzip
import math
import zlib
from pathlib import Path

import numpy as np

from denoising.config.sources import LARGEST_FILE, IdxSource
from denoising.datasets.fetch import have
from denoising.datasets.splits import Split
from denoising.datasets.tar import MOST_UNPACKED
from denoising.files.arrays import read_into, scratch_array
from denoising.files.errors import UserError

GZIP = b"\x1f\x8b"
UNSIGNED_BYTE = 8
AGAIN = "Copy or download it again."


def read(source: IdxSource, name: str, seed: int) -> tuple[Split, Split]:
    """Return training and test images, downloaded if necessary."""
    parts = source.files
    files = [parts.train_images, parts.train_labels, parts.test_images, parts.test_labels]
    largest = source.largest_file
    images, labels, test_images, test_labels = have(files, source.urls, name, largest)
    return labelled(images, labels, largest), labelled(test_images, test_labels, largest)


def labelled(images_path: Path, labels_path: Path, largest: int = LARGEST_FILE) -> Split:
    """Read an image file and its label file; `largest` is that of `read_idx`.

    Raises
    ------
    UserError
        A file is damaged, or the numbers of images and labels differ.
    """
    images, labels = read_idx(images_path, 3, largest), read_idx(labels_path, 1, largest)
    if len(images) != len(labels):
        raise UserError(
            f"Images and labels differ in number: {len(images)} images in {images_path}, "
            f"{len(labels)} labels in {labels_path}. Use two files that belong together."
        )
    return Split(images[..., None], labels.astype(np.int64))


def read_idx(path: Path, dimensions: int, largest: int = LARGEST_FILE) -> np.ndarray:
    """Read an IDX file, gzipped or not.

    Parameters
    ----------
    dimensions : the number of dimensions that the file must have.
    largest : bytes to which a gzipped file may unpack.

    Returns
    -------
    ``uint8``, of the shape in the file's header, mapped from a file.

    Raises
    ------
    UserError
        The file is not a complete IDX file of unsigned bytes with that number of dimensions.
    """
    with path.open("rb") as file:
        gzipped = file.read(2) == GZIP
    return _unpacked(path, dimensions, largest) if gzipped else _mapped(path, dimensions)


def _mapped(path: Path, dimensions: int) -> np.ndarray:
    """Return the values of a plain file, whose size is that of its header and its values."""
    with path.open("rb") as file:
        shape = _shape(file.read(_start(dimensions)), dimensions, path)
    _check_size(path, math.prod(shape), path.stat().st_size - _start(dimensions))
    return np.memmap(path, np.uint8, "r", _start(dimensions), shape)


def _unpacked(path: Path, dimensions: int, largest: int) -> np.ndarray:
    """Return the values of a gzipped file."""
    try:
        with gzip.open(path) as file:
            shape = _shape(file.read(_start(dimensions)), dimensions, path)
            _check_promise(path, math.prod(shape), largest)
            values = scratch_array(shape, np.uint8)
            found = read_into(values, file)
            found += len(file.read(1))  # to detect a file that is too long
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise UserError(f"{path} is not a complete IDX file: {error}. {AGAIN}") from None
    _check_size(path, values.size, found)
    return values


def _start(dimensions: int) -> int:
    """Return the place of the first value in a file, which is the length of its header."""
    return 4 + 4 * dimensions


def _check_promise(path: Path, size: int, largest: int) -> None:
    """Raise `UserError` if a gzipped file promises more values than it can have, or may have."""
    most = MOST_UNPACKED * path.stat().st_size
    if size > most:
        raise UserError(
            f"{path} is not a complete IDX file. Its header promises {size:,} bytes. Expected at "
            f"most {most:,}, as gzip cannot pack more into a file of this size. {AGAIN}"
        )
    if size > largest:
        raise UserError(
            f"{path} is not a usable IDX file: it unpacks to {size:,} bytes. Expected at most "
            f"{largest:,}. If you trust it, unpack it, or set `largest_file` of its source in "
            "params.yaml to that number."
        )


def _check_size(path: Path, expected: int, found: int) -> None:
    if found != expected:
        shown = "more" if found > expected else f"{found:,}"
        raise UserError(
            f"{path} is not a complete IDX file. Expected {expected:,} bytes after the header. "
            f"Found: {shown}. {AGAIN}"
        )


def _shape(header: bytes, dimensions: int, path: Path) -> tuple[int, ...]:
    expected = bytes((0, 0, UNSIGNED_BYTE, dimensions))
    if len(header) < _start(dimensions) or header[:4] != expected:
        raise UserError(
            f"{path} is not an IDX file of unsigned bytes with {dimensions} dimensions. Expected "
            f"the first bytes {expected.hex()}. Found: {header[:4].hex() or 'an empty file'}. "
            "Check which file `files` names in params.yaml."
        )
    shape = tuple(int(size) for size in np.frombuffer(header, dtype=">u4", offset=4))
    if not math.prod(shape):
        raise UserError(
            f"{path} is not a usable IDX file: its dimensions are {shape}. Expected at least one "
            "value. Use another file."
        )
    return shape
