"""TIFF files written page by page, with the metadata of their sources."""

import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from denoising.files.atomic import replacing
from denoising.files.other_formats import explained
from denoising.files.tiff_pages import (
    CMYK,
    COLOURS,
    MULTIPLIED,
    PROFILE_TAG,
    REDUCED,
    STRAIGHT,
    WHITE_IS_ZERO,
    extra_channels,
    is_inverted,
    resolution,
)

DESCRIPTION, LARGEST = 270, 281
# Tags that mean the same in the output: names, dates, the places of a page, colour profiles, XMP,
# IPTC, and the metadata of ImageJ, Micro-Manager, GeoTIFF and GDAL. Others may hold offsets.
COPIED = (
    *(269, 271, 272, 274, 280, LARGEST, 285, 286, 287, 297, 305, 306, 315, 316, 340, 341),
    *(700, 33432, 33550, 33723, 33922, 34264, PROFILE_TAG, 34735, 34736, 34737),
    *(42112, 42113, 50838, 50839, 51123),
)
MOST_BYTES = 3_900_000_000  # in a file with offsets of 32 bits
ASCII, SHORT = 2, 3


def write_pages(
    target: Path, source: Path, file: Any, pages: list[Any], arrays: Iterator[np.ndarray]
) -> None:
    """Write pages in the layout and with the tags of their sources.

    Compressed sources are compressed with deflate, which every program reads and loses nothing.

    Parameters
    ----------
    source, file, pages : the source as a `tifffile.TiffFile`, and its pages that are written.
    arrays : the values of each page, (H, W, C).
    """
    import tifffile

    big = file.is_bigtiff or sum(page.nbytes for page in pages) > MOST_BYTES
    with (
        replacing(target) as partial,
        tifffile.TiffWriter(
            partial, bigtiff=big, byteorder=file.byteorder, ome=False, imagej=False, shaped=False
        ) as out,
    ):
        for page, values in zip(pages, arrays, strict=True):
            separate = values.shape[2] > 1 and page.planarconfig == 2
            plain = values[..., 0] if values.shape[2] == 1 else values
            with explained(source, OSError):  # tags may be damaged as well
                out.write(
                    np.moveaxis(plain, -1, 0) if separate else plain,
                    metadata=None,
                    software=False,
                    description=_raw(file, page, DESCRIPTION),
                    extratags=_copied(file, page),
                    subfiletype=page.subfiletype & ~REDUCED or None,
                    tile=(page.tilelength, page.tilewidth) if page.is_tiled else None,
                    compression=None if page.compression == 1 else "zlib",
                    **_colours(page, values.shape[2], separate),
                    **_resolution(page),
                )


def _colours(page: Any, channels: int, separate: bool) -> dict[str, Any]:
    colour = page.photometric in COLOURS
    kind = "rgb" if colour else "miniswhite" if page.photometric == WHITE_IS_ZERO else "minisblack"
    if page.photometric == WHITE_IS_ZERO and not is_inverted(page) and page.dtype.kind in "bu":
        kind = "minisblack"
    chosen: dict[str, Any] = {"photometric": kind}
    if channels > 1:
        chosen["planarconfig"] = "separate" if separate else "contig"
    if kinds := extra_channels(page):
        chosen["extrasamples"] = [STRAIGHT if kind == MULTIPLIED else kind for kind in kinds]
    return chosen


def _resolution(page: Any) -> dict[str, Any]:
    found = resolution(page)
    return {} if found is None else {"resolution": found[:2], "resolutionunit": found[2]}


def _copied(file: Any, page: Any) -> list[tuple[Any, ...]]:
    """Return the tags to copy, as bytes in the byte order of the file."""
    dropped = (PROFILE_TAG,) if page.photometric == CMYK else ()
    found = [
        (tag.code, int(tag.dtype), tag.count, _raw(file, page, tag.code), False)
        for tag in page.tags
        if tag.code in COPIED and tag.code not in dropped
    ]
    if 8 < page.bitspersample < 16 and LARGEST not in page.tags:  # unpacked: the range is kept
        samples = page.samplesperpixel
        found.append((LARGEST, SHORT, samples, (2**page.bitspersample - 1,) * samples, False))
    return found


def _raw(file: Any, page: Any, code: int) -> bytes | None:
    """Return the bytes of a tag's value as they are in the file."""
    tag = page.tags.get(code)
    if tag is None:
        return None
    sizes = struct.calcsize(tag.dataformat[-1]) * int(tag.dataformat[:-1] or 1)
    file.filehandle.seek(tag.valueoffset)
    return file.filehandle.read(tag.count * sizes)
