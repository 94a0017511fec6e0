"""The binary layout of CIFAR-10 (A. Krizhevsky 2009, https://www.cs.toronto.edu/~kriz/cifar.html).

Each record is a byte of label and 32×32 pixels, the red plane first, then green, then blue. The
archive is read in place: nothing is unpacked to disk, and nothing is unpickled.
"""

import gzip
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
LARGEST_ARCHIVE = LARGEST_MEMBER + 2**20
MOST_MEMBERS = 100
LONGEST_HEADER = 2**12


def read(source: CifarSource, name: str, seed: int) -> tuple[Split, Split]:
    """Return training and test images, fetched if need be."""
    return read_archive(*fetch([source.archive], source.urls, raw_folder(name)))


def read_archive(path: Path) -> tuple[Split, Split]:
    """Read ``data_batch_*.bin``, in the order of their names, and ``test_batch.bin``."""
    train, test = {}, {}
    try:
        with gzip.open(path) as content:
            bounded = _Bounded(content)
            # As a stream, where an offset that a header claims is never jumped to.
            with tarfile.open(fileobj=bounded, mode="r|", tarinfo=_Header) as archive:
                for number, member in enumerate(archive):
                    if number == MOST_MEMBERS:
                        raise ValueError(f"more than {MOST_MEMBERS} members")
                    file = PurePosixPath(member.name)
                    batches = {"data_batch": train, "test_batch": test}.get(file.stem[:10])
                    if file.suffix == ".bin" and batches is not None:
                        if file.name in batches:
                            raise ValueError(f"{file.name} twice")
                        batches[file.name] = _records(archive, member, path)
            while rest := bounded.read(
                tarfile.RECORDSIZE
            ):  # to the end, where gzip has its checksum
                if any(rest):
                    raise ValueError("something behind the end of the archive")
    # tarfile's own errors are not all that it raises for headers that lie.
    except (tarfile.TarError, OSError, EOFError, zlib.error, ValueError, RecursionError) as error:
        raise UserError(f"Expected a whole .tar.gz archive in {path}. Received: {error}") from None
    if not train or not test:
        raise UserError(
            f"Expected data_batch_*.bin and test_batch.bin in {path}. "
            f"Received: {', '.join((*train, *test)) or 'neither'}"
        )
    return tuple(_split([part[key] for key in sorted(part)]) for part in (train, test))


class _Header(tarfile.TarInfo):
    """A header of the archive; one that says of itself that it is very long is refused."""

    @classmethod
    def frombuf(cls, buf, encoding, errors):
        header = super().frombuf(buf, encoding, errors)
        if header.size < 0 or (header.size > LONGEST_HEADER and not header.isreg()):
            raise ValueError(f"a header or folder of {header.size:,} bytes")
        return header


class _Bounded:
    """A file of which no more than `LARGEST_ARCHIVE` bytes are asked for, be they there or not."""

    def __init__(self, file: gzip.GzipFile):
        self.file, self.left = file, LARGEST_ARCHIVE

    def read(self, size: int) -> bytes:
        self.left -= size
        if self.left < 0:
            raise ValueError(f"more than {LARGEST_ARCHIVE:,} bytes when unpacked")
        return self.file.read(size)


def _records(archive: tarfile.TarFile, member: tarfile.TarInfo, path: Path) -> np.ndarray:
    plain = member.isfile() and not member.issparse()
    if not plain or not 0 < member.size <= LARGEST_MEMBER or member.size % RECORD:
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
