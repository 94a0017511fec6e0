"""The binary layout of CIFAR-10 (A. Krizhevsky 2009, https://www.cs.toronto.edu/~kriz/cifar.html).

A record is a label byte and 32×32 pixels: the red plane, then green, then blue. `CifarSource` also
allows other sizes, and two label bytes as in CIFAR-100, of which the last is used. Nothing is
unpickled, and nothing is held in memory: files are mapped, those of archives from copies on disk.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath

import numpy as np

from denoising.config.sources import CifarSource
from denoising.datasets.fetch import have, own_folder
from denoising.datasets.splits import Split
from denoising.datasets.tar import ALLOW, read_members
from denoising.files.arrays import block_slices, kept_on_disk
from denoising.files.errors import UserError

TRAIN, TEST = ("data_batch", "train"), ("test_batch", "test")
MARGIN = 2**20  # bytes of an archive for anything other than batches


def read(source: CifarSource, name: str, seed: int) -> tuple[Split, Split]:
    """Return training and test images, downloaded if necessary."""
    if source.archive:
        [place] = have([source.archive], source.urls, name, source.largest_file)
        return read_batches(source, place, _members(source, place))
    place = own_folder(name)
    return read_batches(source, place, _files(source, place))


def read_batches(
    source: CifarSource, place: Path, batches: Iterable[tuple[str, np.ndarray]]
) -> tuple[Split, Split]:
    """Return training and test images from batches, (name, bytes), joined in order of names.

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
                part[name] = content.reshape(-1, _record(source))
    if not train or not test:
        raise UserError(
            f"{place} has no {'test' if train else 'training'} images. Expected data_batch_*.bin "
            "or train.bin, and test_batch.bin or test.bin. "
            f"Found: {', '.join((*train, *test)) or 'neither'}. Add the files that are missing."
        )
    return _split(source, train), _split(source, test)


def _members(source: CifarSource, place: Path) -> Iterator[tuple[str, np.ndarray]]:
    """Yield the name and the bytes of each batch of an archive."""
    seen = set()

    def wanted(member: str, size: int) -> bool:
        if not _is_batch(name := PurePosixPath(member).name):
            return False
        _check(source, f"{name} of {place}", size, source.largest_file)
        if name in seen:
            raise UserError(f"{place} contains {name} twice. Use an archive without duplicates.")
        seen.add(name)
        return True

    for member, content in read_members(place, source.largest_file + MARGIN, wanted):
        yield PurePosixPath(member).name, content


def _files(source: CifarSource, place: Path) -> Iterator[tuple[str, np.ndarray]]:
    """Yield the name and the bytes of each batch of a folder."""
    for path in sorted(place.glob("*.bin")):
        if _is_batch(path.name):
            _check(source, str(path), path.stat().st_size)
            yield path.name, np.memmap(path, np.uint8, "r")


def _is_batch(name: str) -> bool:
    return name.endswith(".bin") and name.startswith((*TRAIN, *TEST))


def _record(source: CifarSource) -> int:
    """Return the bytes of a record."""
    return source.label_bytes + 3 * source.height * source.width


def _check(source: CifarSource, file: str, size: int, most: int | None = None) -> None:
    record = _record(source)
    if size % record or not size:
        raise UserError(
            f"{file} has {size:,} bytes. Expected whole records of {record} bytes, at least one: "
            f"{source.label_bytes} for the label and 3×{source.height}×{source.width} for the "
            "pixels. Check `height`, `width` and `label_bytes` of its source in params.yaml."
        )
    if most and size > most:
        raise UserError(f"{file} has {size:,} bytes. Expected at most {most:,}. {ALLOW}")


def _split(source: CifarSource, batches: dict[str, np.ndarray]) -> Split:
    parts = [batches[name] for name in sorted(batches)]
    shape = sum(map(len, parts)), source.height, source.width, 3
    labels = np.concatenate([part[:, source.label_bytes - 1] for part in parts])
    return Split(kept_on_disk(shape, np.uint8, _images(source, parts)), labels.astype(np.int64))


def _images(source: CifarSource, batches: list[np.ndarray]) -> Iterator[np.ndarray]:
    """Yield the images of batches, (N, H, W, C), block by block."""
    for batch in batches:
        for block in block_slices(batch.shape):
            planes = batch[block, source.label_bytes :].reshape(-1, 3, source.height, source.width)
            yield planes.transpose(0, 2, 3, 1)
