"""The binary layout of CIFAR-10 (A. Krizhevsky 2009, https://www.cs.toronto.edu/~kriz/cifar.html).

A record is a label byte and 32×32 pixels: the red plane, then green, then blue. `CifarSource` also
allows other sizes, and two label bytes as in CIFAR-100, of which the last is used. Archives are
read in place: nothing is unpacked to disk, and nothing is unpickled.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath

import numpy as np

from denoising.config.sources import CifarSource
from denoising.datasets.fetch import have, own_folder
from denoising.datasets.splits import Split
from denoising.datasets.tar import read_members
from denoising.files.errors import UserError

MOST_RECORDS = 100_000
TRAIN, TEST = ("data_batch", "train"), ("test_batch", "test")
LARGEST = 2**30  # bytes of an unpacked archive
MARGIN = 2**20  # bytes for anything other than batches


def read(source: CifarSource, name: str, seed: int) -> tuple[Split, Split]:
    """Return training and test images, downloaded if necessary."""
    if source.archive:
        [place] = have([source.archive], source.urls, name)
        return read_batches(source, place, _members(source, place))
    place = own_folder(name)
    return read_batches(source, place, _files(source, place))


def read_batches(
    source: CifarSource, place: Path, batches: Iterable[tuple[str, bytes]]
) -> tuple[Split, Split]:
    """Return training and test images from batches, (name, content), joined in order of names.

    Training batches are named ``data_batch*`` or ``train*``, test batches ``test*``. `place`, the
    folder or archive, appears in error messages.

    Raises
    ------
    UserError
        There is no training or no test batch.
    """
    train: dict[str, np.ndarray] = {}
    test: dict[str, np.ndarray] = {}
    for name, content in batches:
        for beginnings, part in ((TRAIN, train), (TEST, test)):
            if name.startswith(beginnings):
                part[name] = np.frombuffer(content, np.uint8).reshape(-1, _record(source))
    if not train or not test:
        raise UserError(
            f"{place} has no {'test' if train else 'training'} images. Expected data_batch_*.bin "
            "or train.bin, and test_batch.bin or test.bin. "
            f"Found: {', '.join((*train, *test)) or 'neither'}. Add the files that are missing."
        )
    return _split(source, train), _split(source, test)


def _members(source: CifarSource, place: Path) -> Iterator[tuple[str, bytes]]:
    """Yield the name and the content of each batch of an archive."""
    seen = set()

    def wanted(member: str, size: int) -> bool:
        if not _is_batch(name := PurePosixPath(member).name):
            return False
        _check(source, f"{name} of {place}", size)
        if name in seen:
            raise UserError(f"{place} contains {name} twice. Use an archive without duplicates.")
        seen.add(name)
        return True

    most = min(MOST_RECORDS * _record(source), LARGEST) + MARGIN
    for member, content in read_members(place, most, wanted):
        yield PurePosixPath(member).name, content


def _files(source: CifarSource, place: Path) -> Iterator[tuple[str, bytes]]:
    """Yield the name and the content of each batch of a folder."""
    for path in sorted(place.glob("*.bin")):
        if _is_batch(path.name):
            _check(source, str(path), path.stat().st_size)
            yield path.name, path.read_bytes()


def _is_batch(name: str) -> bool:
    return name.endswith(".bin") and name.startswith((*TRAIN, *TEST))


def _record(source: CifarSource) -> int:
    """Return the bytes of a record."""
    return source.label_bytes + 3 * source.height * source.width


def _check(source: CifarSource, file: str, size: int) -> None:
    record = _record(source)
    if size % record or not 0 < size <= MOST_RECORDS * record:
        raise UserError(
            f"{file} has {size:,} bytes. Expected 1 to {MOST_RECORDS:,} whole records of {record} "
            f"bytes: {source.label_bytes} for the label and 3×{source.height}×{source.width} for "
            "the pixels. Check `height`, `width` and `label_bytes` of its source in params.yaml."
        )


def _split(source: CifarSource, batches: dict[str, np.ndarray]) -> Split:
    records = np.concatenate([batches[name] for name in sorted(batches)])
    planes = records[:, source.label_bytes :].reshape(-1, 3, source.height, source.width)
    images = np.ascontiguousarray(planes.transpose(0, 2, 3, 1))
    return Split(images, records[:, source.label_bytes - 1].astype(np.int64))
