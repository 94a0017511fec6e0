"""The files of a tar archive that nobody vouches for: read in place, and no more than is allowed.

Nothing is written to disk, so that a name with ``..``, a link or a device harms nothing.
"""

import gzip
import tarfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

from denoising.files.errors import UserError

MOST_MEMBERS = 100
LONGEST_HEADER = 2**12  # bytes


class _Header(tarfile.TarInfo):
    """A header of the archive; one that says of itself that it is very long is refused."""

    @classmethod
    def frombuf(cls, buf, encoding, errors):
        header = super().frombuf(buf, encoding, errors)
        if header.size < 0 or (header.size > LONGEST_HEADER and not header.isreg()):
            raise ValueError(f"a header or folder of {header.size:,} bytes")
        return header


class _Bounded:
    """A file of which no more bytes are asked for than `most`, be they there or not."""

    def __init__(self, file: gzip.GzipFile, most: int):
        self.file, self.most, self.left = file, most, most

    def read(self, size: int) -> bytes:
        self.left -= size
        if self.left < 0:
            raise ValueError(f"more than {self.most:,} bytes when unpacked")
        return self.file.read(size)


def read_members(
    path: Path, most: int, wanted: Callable[[str, int], bool]
) -> Iterator[tuple[str, bytes]]:
    """Yield the names and the contents of those members of a ``.tar.gz`` archive that are `wanted`.

    That is asked with the name and the size of each; links and what else is no file have size 0.
    Raise `UserError` where the archive is broken, holds more than `most` bytes or a hundred
    members, or goes on behind its end.
    """
    try:
        with gzip.open(path) as content:
            bounded = _Bounded(content, most)
            # As a stream, where an offset that a header claims is never jumped to.
            with tarfile.open(fileobj=bounded, mode="r|", tarinfo=_Header) as archive:
                for number, member in enumerate(archive):
                    if number == MOST_MEMBERS:
                        raise ValueError(f"more than {MOST_MEMBERS} members")
                    plain = member.isfile() and not member.issparse()
                    if wanted(member.name, member.size if plain else 0):
                        yield member.name, archive.extractfile(member).read()
            # To the end, where gzip has its checksum.
            while rest := bounded.read(tarfile.RECORDSIZE):
                if any(rest):
                    raise ValueError("something behind the end of the archive")
    # tarfile's own errors are not all that it raises for headers that lie.
    except (tarfile.TarError, OSError, EOFError, zlib.error, ValueError, RecursionError) as error:
        raise UserError(f"Expected a whole .tar.gz archive in {path}. Received: {error}") from None
