"""The IDX layout of MNIST and its likes (Y. LeCun, http://yann.lecun.com/exdb/mnist/).

A header of big-endian words (two zero bytes, type, number of dimensions; then each dimension),
followed by the values in row-major order. Type 8 is ``uint8``, the only one used for images. A file
may be gzipped.
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
LARGEST = 2**30


def read(source: IdxSource, name: str, seed: int) -> tuple[Split, Split]:
    """Return training and test images, downloaded if need be."""
    parts = source.files
    files = [parts.train_images, parts.train_labels, parts.test_images, parts.test_labels]
    paths = have(files, source.urls, name)
    return labelled(*paths[:2]), labelled(*paths[2:])


def labelled(images_path: Path, labels_path: Path) -> Split:
    """Read a file of images and the file of their labels."""
    images, labels = read_idx(images_path, 3), read_idx(labels_path, 1)
    if len(images) != len(labels):
        raise UserError(
            f"Expected as many labels as images. Received: {len(images)} images in {images_path} "
            f"and {len(labels)} labels in {labels_path}"
        )
    return Split(images[..., None], labels.astype(np.int64))


def read_idx(path: Path, dimensions: int) -> np.ndarray:
    """Read an array of unsigned bytes from an IDX file, gzipped or not."""
    try:
        with _open(path) as file:
            header = file.read(4 + 4 * dimensions)
            shape = _shape(header, dimensions, path)
            size = math.prod(shape)
            # One byte more than there should be, to notice it.
            values = file.read(size + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise UserError(f"Expected a whole IDX file in {path}. Received: {error}") from None
    if len(values) != size:
        found = "more" if len(values) > size else len(values)
        raise UserError(f"Expected {size} bytes after the header of {path}. Received: {found}")
    return np.frombuffer(values, dtype=np.uint8).reshape(shape)


def _open(path: Path) -> BinaryIO:
    """Open a file, through gzip where it begins as such files do."""
    with path.open("rb") as file:
        gzipped = file.read(2) == GZIP
    return gzip.open(path) if gzipped else path.open("rb")


def _shape(header: bytes, dimensions: int, path: Path) -> tuple[int, ...]:
    expected = bytes((0, 0, UNSIGNED_BYTE, dimensions))
    if len(header) < 4 + 4 * dimensions or header[:4] != expected:
        raise UserError(
            f"Expected an IDX file of unsigned bytes with {dimensions} dimensions (it begins with "
            f"{expected.hex()}) in {path}. Received: {header[:4].hex() or 'an empty file'}"
        )
    shape = tuple(int(size) for size in np.frombuffer(header, dtype=">u4", offset=4))
    if not 0 < math.prod(shape) <= LARGEST:
        raise UserError(
            f"Expected from 1 to {LARGEST} values in {path}. Received: dimensions {shape}"
        )
    return shape
