"""The binary layout of CIFAR-10 (A. Krizhevsky 2009, https://www.cs.toronto.edu/~kriz/cifar.html).

Each record is a byte of label and 32×32 pixels, the red plane first, then green, then blue. Other
sizes and, as in CIFAR-100, two bytes of label, of which the last counts, are told by `source`. The
archive is read in place: nothing is unpacked to disk, and nothing is unpickled.
"""

from collections.abc import Iterator
from pathlib import Path, PurePosixPath

import numpy as np

from denoising.config.sources import CifarSource
from denoising.datasets.fetch import have, own_folder
from denoising.datasets.splits import Split
from denoising.datasets.tar import read_members
from denoising.files.errors import UserError

MOST_RECORDS = 100_000
TRAIN, TEST = ("data_batch", "train"), ("test_batch", "test")
LARGEST, MARGIN = 2**30, 2**20  # bytes of an archive, unpacked, and of what it holds besides


def read(source: CifarSource, name: str, seed: int) -> tuple[Split, Split]:
    """Return training and test images, downloaded if need be."""
    if source.archive:
        [place] = have([source.archive], source.urls, name)
        return read_batches(source, place, _members(source, place))
    place = own_folder(name)
    return read_batches(source, place, _files(source, place))


def read_batches(source: CifarSource, place: Path, batches: Iterator) -> tuple[Split, Split]:
    """Read batches, (name, bytes), named ``data_batch*`` or ``train*``, in order, and ``test*``."""
    parts = {TRAIN: {}, TEST: {}}
    for name, content in batches:
        for beginnings, part in parts.items():
            if name.startswith(beginnings):
                part[name] = np.frombuffer(content, np.uint8).reshape(-1, _record(source))
    train, test = parts.values()
    if not train or not test:
        raise UserError(
            f"Expected data_batch_*.bin or train.bin, and test_batch.bin or test.bin, in {place}. "
            f"Received: {', '.join((*train, *test)) or 'neither'}"
        )
    return tuple(_split(source, [part[key] for key in sorted(part)]) for part in (train, test))


def _members(source: CifarSource, place: Path) -> Iterator[tuple[str, bytes]]:
    """Yield the names and the contents of the batches of an archive."""
    seen = set()

    def wanted(member: str, size: int) -> bool:
        if not _is_batch(name := PurePosixPath(member).name):
            return False
        _check(source, f"{name} of {place}", size)
        if name in seen:
            raise UserError(f"Expected {name} once in {place}. Received: twice")
        seen.add(name)
        return True

    most = min(MOST_RECORDS * _record(source), LARGEST) + MARGIN
    for member, content in read_members(place, most, wanted):
        yield PurePosixPath(member).name, content


def _files(source: CifarSource, place: Path) -> Iterator[tuple[str, bytes]]:
    """Yield the names and the contents of the batches of a folder."""
    for path in sorted(place.glob("*.bin")):
        if _is_batch(path.name):
            _check(source, str(path), path.stat().st_size)
            yield path.name, path.read_bytes()


def _is_batch(name: str) -> bool:
    return name.endswith(".bin") and name.startswith((*TRAIN, *TEST))


def _record(source: CifarSource) -> int:
    return source.label_bytes + 3 * source.height * source.width


def _check(source: CifarSource, file: str, size: int) -> None:
    record = _record(source)
    if size % record or not 0 < size <= MOST_RECORDS * record:
        raise UserError(
            f"Expected from 1 to {MOST_RECORDS} whole records in {file}, each of {record} bytes: "
            f"{source.label_bytes} of label and 3×{source.height}×{source.width} of pixels. "
            f"Received: {size} bytes"
        )


def _split(source: CifarSource, batches: list[np.ndarray]) -> Split:
    records = np.concatenate(batches)
    planes = records[:, source.label_bytes :].reshape(-1, 3, source.height, source.width)
    images = np.ascontiguousarray(planes.transpose(0, 2, 3, 1))
    return Split(images, records[:, source.label_bytes - 1].astype(np.int64))
