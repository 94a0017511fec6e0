"""The binary layout of CIFAR-10 (A. Krizhevsky 2009, https://www.cs.toronto.edu/~kriz/cifar.html).

Each record is a byte of label and 32×32 pixels, the red plane first, then green, then blue. The
archive is read in place: nothing is unpacked to disk, and nothing is unpickled.
"""

import tarfile
import zlib
from pathlib import Path, PurePosixPath

import numpy as np

from denoising.datasets.fetch import fetch, raw_folder
from denoising.datasets.splits import Split
from denoising.errors import UserError
from denoising.params import CifarSource

SHAPE = (3, 32, 32)
RECORD = 1 + 3 * 32 * 32
LARGEST_MEMBER = 100_000 * RECORD


def read(source: CifarSource, name: str, seed: int) -> tuple[Split, Split]:
    """Return training and test images, fetched if need be."""
    return read_archive(*fetch([source.archive], source.urls, raw_folder(name)))


def read_archive(path: Path) -> tuple[Split, Split]:
    """Read ``data_batch_*.bin``, in the order of their names, and ``test_batch.bin``."""
    train, test = {}, {}
    try:
        with tarfile.open(path, mode="r:gz") as archive:
            for member in archive:
                file = PurePosixPath(member.name)
                batches = {"data_batch": train, "test_batch": test}.get(file.stem[:10])
                if file.suffix == ".bin" and batches is not None:
                    batches[file.name] = _records(archive, member, path)
    except (tarfile.TarError, OSError, EOFError, zlib.error) as error:
        raise UserError(f"Expected a whole .tar.gz archive in {path}. Received: {error}") from None
    if not train or not test:
        raise UserError(
            f"Expected data_batch_*.bin and test_batch.bin in {path}. "
            f"Received: {', '.join((*train, *test)) or 'neither'}"
        )
    return tuple(_split([part[key] for key in sorted(part)]) for part in (train, test))


def _records(archive: tarfile.TarFile, member: tarfile.TarInfo, path: Path) -> np.ndarray:
    if not member.isfile() or not 0 < member.size <= LARGEST_MEMBER or member.size % RECORD:
        raise UserError(
            f"Expected a file of whole records of {RECORD} bytes, at most {LARGEST_MEMBER}, in "
            f"{member.name} of {path}. Received: {member.size} bytes"
        )
    return np.frombuffer(archive.extractfile(member).read(), np.uint8).reshape(-1, RECORD)


def _split(batches: list[np.ndarray]) -> Split:
    records = np.concatenate(batches)
    planes = records[:, 1:].reshape(-1, *SHAPE)
    images = np.ascontiguousarray(planes.transpose(0, 2, 3, 1))
    return Split(images, records[:, 0].astype(np.int64))
