"""The IDX layout of MNIST and similar data sets (Y. LeCun, http://yann.lecun.com/exdb/mnist/).

A file has a header of big-endian words (two zero bytes, type, number of dimensions; then each
dimension), followed by the values in row-major order. Type 8, ``uint8``, is the only one supported.
Files may be gzipped.
"""

import gzip
import math
import zlib
from pathlib import Path
from typing import BinaryIO

import numpy as np

from denoising.config.sources import IdxSource
from denoising.datasets.fetch import have
from denoising.datasets.splits import Split
from denoising.files.errors import UserError

GZIP = b"\x1f\x8b"
UNSIGNED_BYTE = 8
LARGEST = 2**30  # values
AGAIN = "Copy or download it again."


def read(source: IdxSource, name: str, seed: int) -> tuple[Split, Split]:
    """Return training and test images, downloaded if necessary."""
    parts = source.files
    files = [parts.train_images, parts.train_labels, parts.test_images, parts.test_labels]
    paths = have(files, source.urls, name)
    return labelled(*paths[:2]), labelled(*paths[2:])


def labelled(images_path: Path, labels_path: Path) -> Split:
    """Read an image file and its label file.

    Raises
    ------
    UserError
        A file is damaged, or the numbers of images and labels differ.
    """
    images, labels = read_idx(images_path, 3), read_idx(labels_path, 1)
    if len(images) != len(labels):
        raise UserError(
            f"Images and labels differ in number: {len(images)} images in {images_path}, "
            f"{len(labels)} labels in {labels_path}. Use two files that belong together."
        )
    return Split(images[..., None], labels.astype(np.int64))


def read_idx(path: Path, dimensions: int) -> np.ndarray:
    """Read an IDX file, gzipped or not.

    Parameters
    ----------
    dimensions : the number of dimensions that the file must have.

    Returns
    -------
    ``uint8``, of the shape in the file's header.

    Raises
    ------
    UserError
        The file is not a complete IDX file of unsigned bytes with that number of dimensions.
    """
    try:
        with _open(path) as file:
            header = file.read(4 + 4 * dimensions)
            shape = _shape(header, dimensions, path)
            size = math.prod(shape)
            values = file.read(size + 1)  # one byte more, to detect a file that is too long
    except (OSError, EOFError, zlib.error) as error:
        raise UserError(f"{path} is not a complete IDX file: {error}. {AGAIN}") from None
    if len(values) != size:
        found = "more" if len(values) > size else f"{len(values):,}"
        raise UserError(
            f"{path} is not a complete IDX file. Expected {size:,} bytes after the header. "
            f"Found: {found}. {AGAIN}"
        )
    return np.frombuffer(values, dtype=np.uint8).reshape(shape)


def _open(path: Path) -> BinaryIO | gzip.GzipFile:
    """Open a file, decompressed if its first bytes are those of gzip."""
    with path.open("rb") as file:
        gzipped = file.read(2) == GZIP
    return gzip.open(path) if gzipped else path.open("rb")


def _shape(header: bytes, dimensions: int, path: Path) -> tuple[int, ...]:
    expected = bytes((0, 0, UNSIGNED_BYTE, dimensions))
    if len(header) < 4 + 4 * dimensions or header[:4] != expected:
        raise UserError(
            f"{path} is not an IDX file of unsigned bytes with {dimensions} dimensions. Expected "
            f"the first bytes {expected.hex()}. Found: {header[:4].hex() or 'an empty file'}. "
            "Check which file `files` names in params.yaml."
        )
    shape = tuple(int(size) for size in np.frombuffer(header, dtype=">u4", offset=4))
    if not 0 < math.prod(shape) <= LARGEST:
        raise UserError(
            f"{path} is not a usable IDX file: its dimensions are {shape}. "
            f"Expected 1 to {LARGEST:,} values. Use a smaller file."
        )
    return shape
