"""A user's picture files: read as pixels, and written with the metadata of their source."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

import numpy as np

from denoising.files import other_formats, tiff
from denoising.files.errors import UserError
from denoising.files.formats import (
    EIGHT_BITS,
    FORMATS,
    NETPBM,
    NO_ALPHA,
    TIFF,
    check_ending,
    check_source,
)
from denoising.files.ranges import Scale, find_scale
from denoising.files.survey import survey
from denoising.files.tiff import Restore, TiffPictures
from denoising.files.vips import PROFILE, Picture, load_plain, metadata, save

__all__ = [
    "Picture",
    "Pictures",
    "check_target",
    "metadata",
    "open_pictures",
    "read_picture",
    "write_picture",
    "write_pictures",
]

START = 16  # bytes that tell the formats apart
PNG, SIGNIFICANT_BITS = b"\x89PNG\r\n\x1a\n", b"sBIT"


class Storable(Protocol):
    """What decides on the formats that can hold a picture, or several."""

    @property
    def stored(self) -> np.dtype:
        """The type of the values in the file."""
        ...

    @property
    def has_alpha(self) -> bool:
        """Whether there is transparency."""
        ...

    @property
    def pages(self) -> int:
        """The number of pictures."""
        ...


class Pictures(Storable, Protocol):
    """The pictures of an opened file: one, or the pages of a TIFF file.

    `notes` are words about conversions, and about what is not written.
    """

    scale: Scale
    notes: tuple[str, ...]
    pixels: int

    def single(self) -> Picture:
        """Return the only picture; raise `UserError` if there are several."""
        ...


class _OnePicture:
    """A file of any format but TIFF, with one picture."""

    pages = 1

    def __init__(self, picture: Picture):
        self._picture, self.stored, self.scale = picture, picture.stored, picture.scale
        self.has_alpha, self.notes = picture.has_alpha, picture.notes
        self.pixels = picture.pixels[..., 0].size

    def single(self) -> Picture:
        return self._picture


@contextmanager
def open_pictures(path: Path, white: float | None = None) -> Iterator[Pictures]:
    """Open the pictures of a file; see docs/pictures.md for the formats.

    Parameters
    ----------
    white : the value of white of pictures with more than 8 bits; found in the file if omitted.

    Raises
    ------
    UserError
        The file cannot be read, is damaged, of another format, or too large.
    """
    check_source(path)
    with path.open("rb") as file:
        start = file.read(START)
    if start.startswith(tiff.STARTS):
        with tiff.opened(path, white) as pictures:
            yield pictures
        return
    yield _OnePicture(_other_than_tiff(path, start, white))


def read_picture(path: Path, white: float | None = None) -> Picture:
    """Read a file with one picture, as `open_pictures` does.

    Raises
    ------
    UserError
        As there, or the file has several pictures.
    """
    with open_pictures(path, white) as pictures:
        return pictures.single()


def _other_than_tiff(path: Path, start: bytes, white: float | None) -> Picture:
    """Read a picture of any other format than TIFF."""
    declared, notes = None, ()
    if start.startswith(other_formats.STARTS):
        values, source, declared = other_formats.read(path, start)
    elif found := load_plain(path):
        values, source, notes = found
        declared = _significant_bits(path) if start.startswith(PNG) else None
    else:
        values, source, declared = other_formats.read_heic(path)
    has_alpha = values.shape[2] in (2, 4)
    if metadata(source, PROFILE) and white is None:  # colours, of the whole range
        scale = find_scale(values.dtype, None)
    else:
        seen = survey(values, white=white) if values.dtype == np.uint16 else None
        scale = find_scale(values.dtype, seen, white, declared)
    pixels, kept = scale.to_work(
        values[..., : values.shape[2] - has_alpha], reuse=values.flags.writeable
    )
    return Picture(pixels, values[..., -1] if has_alpha else None, source, scale, kept, notes)


def _significant_bits(path: Path) -> int | None:
    """Return the number of bits that a PNG file states; None if it does not.

    The standard wants such values scaled to the whole range. `find_scale` only follows the number
    if the values are not.
    """
    with path.open("rb") as file:
        file.seek(len(PNG))
        while len(head := file.read(8)) == 8 and head[4:] not in (b"IDAT", b"IEND"):
            size = int.from_bytes(head[:4], "big")
            if head[4:] == SIGNIFICANT_BITS:
                return max(file.read(min(size, 4)), default=None)
            file.seek(size + 4, 1)
    return None


def check_target(path: Path, picture: Storable) -> None:
    """Raise `UserError` if the format that `path` names cannot hold a picture, or several."""
    check_ending(path)
    ending = path.suffix.lower()
    if ending in TIFF:
        return
    if picture.pages > 1:
        raise UserError(
            f"Cannot write {path}: {ending} holds one picture, the file has {picture.pages} pages "
            "or channels. Use .tif."
        )
    if picture.stored not in (np.uint8, np.uint16):
        raise UserError(
            f"Cannot write {path}: {ending} has 8 or 16 bits per channel, the picture has values "
            f"of type {picture.stored}. Use .tif."
        )
    if picture.has_alpha and ending in NO_ALPHA:
        raise UserError(
            f"Cannot write {path}: {ending} has no transparency, but the picture has. "
            "Use .png, .tif or .webp."
        )
    if picture.stored == np.uint16 and ending in EIGHT_BITS:
        raise UserError(
            f"Cannot write {path}: {ending} has 8 bits per channel, the picture has 16 bits. "
            "Use .png or .tif."
        )


def write_pictures(path: Path, pictures: Pictures, restore: Restore) -> None:
    """Restore each picture of a file, and write all with the metadata of the file.

    Raises
    ------
    UserError
        As `write_picture` does.
    """
    if isinstance(pictures, TiffPictures) and path.suffix.lower() in TIFF:
        pictures.write(path, restore)
        return
    picture = pictures.single()
    write_picture(path, restore(picture), picture)


def write_picture(path: Path, pixels: np.ndarray, like: Picture) -> None:
    """Write pixels with the alpha channel, resolution and metadata of the picture `like`.

    Parameters
    ----------
    pixels : of the shape and type of ``like.pixels``.

    Raises
    ------
    UserError
        The format that `path` names cannot hold the picture, or the file cannot be written.
    """
    check_target(path, like)
    values = like.scale.to_stored(pixels, like.kept)
    ending = path.suffix.lower()
    if ending in FORMATS:
        save(path, values, like)
        return
    channels = {".ppm": 3, ".pgm": 1}.get(ending)
    if channels not in (None, values.shape[2]):
        raise UserError(
            f"Cannot write {path}: {ending} has {channels} channel(s), the picture has "
            f"{values.shape[2]}. Use {' or '.join(each for each in NETPBM if each != ending)}."
        )
    whole = int(like.scale.white) if like.scale.inside else int(np.iinfo(values.dtype).max)
    other_formats.write(path, values, whole)
