"""TIFF files written page by page, with the metadata of their sources."""

import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from denoising.files.atomic import replacing
from denoising.files.tiff_pages import (
    CMYK,
    COLOURS,
    PROFILE_TAG,
    REDUCED,
    UNIT,
    WHITE_IS_ZERO,
    X_RESOLUTION,
    Y_RESOLUTION,
    is_inverted,
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
UNASSOCIATED = 2  # alpha that is not multiplied into the colours, as libvips returns it


def write_pages(target: Path, file: Any, pages: list[Any], arrays: Iterator[np.ndarray]) -> None:
    """Write pages in the layout and with the tags of their sources.

    Compressed sources are compressed with deflate, which every program reads and loses nothing.

    Parameters
    ----------
    file, pages : a `tifffile.TiffFile`, and those of its pages that are written.
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
    if (more := channels - (3 if colour else 1)) > 0:
        found = [UNASSOCIATED if one == 1 else int(one) for one in page.extrasamples]
        chosen["extrasamples"] = found if len(found) == more else [0] * more
    return chosen


def _resolution(page: Any) -> dict[str, Any]:
    across, down = (page.tags.valueof(tag) for tag in (X_RESOLUTION, Y_RESOLUTION))
    if across is None or down is None:
        return {}
    return {"resolution": (across, down), "resolutionunit": page.tags.valueof(UNIT, 2)}


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
