"""Files of an untrusted tar archive, read in place and within limits.

Nothing is written under its name, so names with ``..``, links and devices are harmless.
"""

import gzip
import tarfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Self

import numpy as np

from denoising.files.arrays import read_into, scratch_array
from denoising.files.atomic import NO_SPACE
from denoising.files.errors import UserError

MOST_UNPACKED = 1032  # times the size of a gzipped file, the highest ratio of deflate
MOST_MEMBERS = 100
LONGEST_HEADER = 2**12  # bytes
AGAIN = "Copy or download it again."
ALLOW = (
    "If you trust the archive, set `largest_file` of its source in params.yaml to its size when "
    "unpacked."
)


class _Header(tarfile.TarInfo):
    """A header of the archive, refused if it claims to be very long."""

    @classmethod
    def frombuf(cls, buf: bytes | bytearray, encoding: str, errors: str) -> Self:
        header = super().frombuf(buf, encoding, errors)
        if header.size < 0 or (header.size > LONGEST_HEADER and not header.isreg()):
            raise ValueError(f"a header or folder of {header.size:,} bytes")
        return header


class _Bounded:
    """The content of an archive, from which at most `most` bytes are requested.

    Bytes beyond its end count as well, which a false header makes `tarfile` skip.
    """

    def __init__(self, file: gzip.GzipFile, path: Path, most: int):
        self.file, self.path, self.most, self.left = file, path, most, most
        self.ended = False

    def read(self, size: int) -> bytes:
        self.left -= size
        if self.left < 0 and self.ended:
            raise ValueError(f"a header promises more than {self.most:,} bytes")
        if self.left < 0:
            raise UserError(f"{self.path} unpacks to more than {self.most:,} bytes. {ALLOW}")
        content = self.file.read(size)
        self.ended = len(content) < size
        return content


def read_members(
    path: Path, most: int, wanted: Callable[[str, int], bool]
) -> Iterator[tuple[str, np.ndarray]]:
    """Yield the name and the bytes of each wanted member of a ``.tar.gz`` archive.

    The bytes, ``uint8``, are mapped from a file and take no memory.

    Parameters
    ----------
    most : bytes of the unpacked archive.
    wanted : returns, for a member's name and size, whether to read it: if so, its size is above 0.
        Links and other members that are not files have size 0.

    Raises
    ------
    UserError
        The archive is damaged, has more than `most` bytes or 100 members, or data after its end.
    OSError
        The disk has no space for the members.
    """
    try:
        with gzip.open(path) as content:
            bounded = _Bounded(content, path, most)
            file: Any = bounded  # a stream is only read
            # As a stream: tarfile then never seeks to an offset that a header claims.
            with tarfile.open(fileobj=file, mode="r|", tarinfo=_Header) as archive:
                for number, member in enumerate(archive):
                    if number == MOST_MEMBERS:
                        raise ValueError(f"more than {MOST_MEMBERS} members")
                    plain = member.isfile() and not member.issparse()
                    if wanted(member.name, member.size if plain else 0):
                        if member.size > MOST_UNPACKED * path.stat().st_size:
                            raise ValueError(f"a file of {member.size:,} bytes in it")
                        yield member.name, _content(archive, member)
            # Read to the end, so that gzip verifies its checksum.
            while rest := bounded.read(tarfile.RECORDSIZE):
                if any(rest):
                    raise ValueError("data after the end of the archive")
    except OSError as error:
        if error.errno in NO_SPACE:
            raise
        raise _damaged(path, error) from None
    # Malformed headers make tarfile raise more than its own errors.
    except (tarfile.TarError, EOFError, zlib.error, ValueError, RecursionError) as error:
        raise _damaged(path, error) from None


def _damaged(path: Path, error: Exception) -> UserError:
    return UserError(f"{path} is not a complete .tar.gz archive: {error}. {AGAIN}")


def _content(archive: tarfile.TarFile, member: tarfile.TarInfo) -> np.ndarray:
    """Return the bytes of a file of an archive; a short one makes `tarfile` raise an error."""
    content = scratch_array((member.size,), np.uint8)
    file: Any = archive.extractfile(member)
    read_into(content, file)
    return content
