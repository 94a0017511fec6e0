"""Pages of a TIFF file, as tifffile describes them: which to denoise, and as what.

A page is a `tifffile.TiffPage`. It counts as colour (RGB, palettes, CMYK, YCbCr), or as one grey
picture per channel. Channels beyond the colours are grey pictures as well, but for transparency.
"""

import math
import re
from pathlib import Path
from typing import Any

import numpy as np
import pyvips

from denoising.files.errors import UserError
from denoising.files.ranges import declared_bits
from denoising.files.vips import FROM_CMYK, ORIENTATION, PROFILE, check_size, header

REDUCED = 1  # of NewSubfileType: a smaller version of another page
WHITE_IS_ZERO, BLACK_IS_ZERO, RGB, PALETTE, CMYK, YCBCR = 0, 1, 2, 3, 5, 6
COLOURS = (RGB, PALETTE, CMYK, YCBCR)
MULTIPLIED, STRAIGHT = 1, 2  # of ExtraSamples: transparency, multiplied into the colours or not
# No compression, CCITT, LZW, JPEG, deflate, PackBits; bits per sample of integers and floats.
VIPS_CODECS = (1, 2, 3, 4, 5, 6, 7, 8, 32773, 32946)
VIPS_BITS = {"b": (1,), "u": (1, 2, 4, 8, 16, 32), "i": (8, 16, 32), "f": (32,)}
# Codecs that return RGB from YCbCr: JPEG 2000, JPEG XL, WebP, JPEG XR.
COLOUR_CODECS = (33003, 33004, 33005, 34712, 34887, 34892, 34933, 34934, 50001, 50002, 52546)
PROFILE_TAG, XMP_TAG, ORIENTATION_TAG, NODATA_TAG = 34675, 700, 274, 42113
LARGEST_TAGS = (281, 341)  # MaxSampleValue, SMaxSampleValue
X_RESOLUTION, Y_RESOLUTION, UNIT = 282, 283, 296
MILLIMETRES = {2: 25.4, 3: 10.0}  # per unit of the resolution


def main_pages(path: Path, file: Any) -> tuple[list[Any], tuple[str, ...]]:
    """Return the pages at full resolution, in their order, and words about the others."""
    number = len(
        file.pages
    )  # iterating would never end where pages refer to each other in a circle
    pages = [file.pages[index].aspage() for index in range(number)]
    lower = {
        page.offset
        for series in file.series
        for level in series.levels[1:]
        for page in level.pages
        if page is not None
    }
    first = file.series[0]
    if len(pages) == 1 and first.kind in ("imagej", "shaped") and first.size > pages[0].size:
        raise UserError(
            f"{path} holds {first.size // pages[0].size} planes behind one page. Expected a page "
            "for each. Save it as OME-TIFF or BigTIFF."
        )
    kept = [page for page in pages if page.offset not in lower and not page.subfiletype & REDUCED]
    kept, notes = kept or pages[:1], []
    if left_out := len(pages) - len(kept):
        notes.append(f"{left_out} smaller version{'s' if left_out > 1 else ''} left out")
    if any(page.subifds for page in kept):
        notes.append("the lower resolutions of its pyramid left out")
    if any(page.photometric == CMYK for page in kept):
        notes.append(FROM_CMYK)
    return kept, tuple(notes)


def check_page(path: Path, page: Any) -> None:
    """Raise `UserError` for a page that cannot be denoised, before its pixels are read."""
    if not page.imagewidth * page.imagelength:
        raise ValueError(f"page {page.index} is empty")
    check_size(path, page.imagewidth, page.imagelength)
    where = f"{path}, page {page.index},"
    if page.dtype is None or page.dtype.kind not in "buif":
        raise UserError(
            f"{where} has values of {page.bitspersample} bits, type {page.dtype}. Expected "
            "integers or floats. Convert it."
        )
    found = getattr(page.photometric, "name", page.photometric)
    if page.photometric not in (WHITE_IS_ZERO, BLACK_IS_ZERO, *COLOURS):
        raise UserError(f"{where} is of kind {found}. Expected a grey or colour picture.")
    decoded_as_is = is_for_vips(page) or page.photometric in (WHITE_IS_ZERO, BLACK_IS_ZERO, RGB)
    if not decoded_as_is and (page.photometric != YCBCR or page.compression not in COLOUR_CODECS):
        codec = getattr(page.compression, "name", page.compression)
        raise UserError(
            f"{where} is of kind {found} in the codec {codec}. Expected a grey or RGB picture in "
            "this codec. Convert it."
        )
    if page.imagedepth > 1:
        raise UserError(f"{where} is a volume. Expected a page for each plane. Convert it.")
    _check_strips(page)


def _check_strips(page: Any) -> None:
    """Raise `ValueError` for strips or tiles that are not there, which tifffile makes black.

    Only the maps of GDAL may leave out tiles without data.
    """
    expected, sizes = math.prod(page.chunked), page.databytecounts
    found = sum(size > 0 for size in sizes) if NODATA_TAG not in page.tags else len(sizes)
    if found < expected:
        raise ValueError(f"{expected - found} of {expected} strips or tiles are missing")


def is_for_vips(page: Any) -> bool:
    """Return whether libvips decodes a page and its colours."""
    known = page.bitspersample in VIPS_BITS.get(page.dtype.kind, ())
    long_inverted = page.photometric == WHITE_IS_ZERO and page.bitspersample > 16
    misread = MULTIPLIED in page.extrasamples[1:]  # libvips expects it before other channels
    return page.compression in VIPS_CODECS and known and not long_inverted and not misread


def is_inverted(page: Any) -> bool:
    """Return whether 0 is white in the file, and will be in its output."""
    return page.photometric == WHITE_IS_ZERO and page.dtype in (np.uint8, np.uint16)


def inverted(values: np.ndarray) -> np.ndarray:
    """Return unsigned values with black and white exchanged."""
    return np.iinfo(values.dtype).max - values


def straight(values: np.ndarray, page: Any) -> np.ndarray:
    """Return values, (H, W, C), without the transparency that was multiplied into the colours."""
    if MULTIPLIED not in page.extrasamples:
        return values
    place, colours = alpha_channel(page), 3 if page.photometric in COLOURS else 1
    top = np.iinfo(values.dtype).max if values.dtype.kind in "iu" else 1
    shares = values[..., place, None].astype(np.float64) / top
    divided = values[..., :colours] / np.where(shares > 0, shares, 1)
    if values.dtype.kind in "iu":
        divided = np.rint(divided).clip(0, top)
    return np.concatenate([divided.astype(values.dtype), values[..., colours:]], axis=2)


def extra_channels(page: Any) -> list[int]:
    """Return the kinds, as in the tag ExtraSamples, of the channels after the colours of a page.

    A fourth channel of RGB without the tag is transparency, as in other programs.
    """
    if page.photometric not in COLOURS:
        number = max(0, page.samplesperpixel - 1)
    else:
        number = page.samplesperpixel - {PALETTE: 1, CMYK: 4}.get(page.photometric, 3)
    found = [int(kind) for kind in page.extrasamples][:number]
    if not found and number == 1 and page.photometric in (RGB, YCBCR):
        return [STRAIGHT]
    return [*[0] * (number - len(found)), *found]  # programs leave out those of grey channels


def alpha_channel(page: Any) -> int | None:
    """Return the place of the channel that is transparency; None without any."""
    first = 3 if page.photometric in COLOURS else 1
    kinds = extra_channels(page)
    return next(
        (first + at for at, kind in enumerate(kinds) if kind in (MULTIPLIED, STRAIGHT)), None
    )


def channel_groups(page: Any) -> list[slice]:
    """Return the channels of each picture of a page; transparency is written as it is."""
    first, alpha = 3 if page.photometric in COLOURS else 1, alpha_channel(page)
    others = range(first, first + len(extra_channels(page)))
    return [slice(0, first), *(slice(at, at + 1) for at in others if at != alpha)]


def stated_bits(file: Any, page: Any) -> int | None:
    """Return the number of bits that the metadata of a file states for its values.

    With a colour profile, white is that of the type. ImageJ's largest value is that of its display,
    and data may be darker, so that the number of bits that holds it counts.
    """
    if PROFILE_TAG in page.tags:
        return 16
    if 8 < page.bitspersample < 16:
        return page.bitspersample
    if file.is_ome and (found := re.search(r'SignificantBits="(\d+)"', page.description)):
        return int(found[1])
    shown = (file.imagej_metadata or {}).get("max") if file.is_imagej else None
    for value in (shown, *(page.tags.valueof(tag) for tag in LARGEST_TAGS)):
        largest = value[0] if isinstance(value, tuple) else value
        if isinstance(largest, int | float) and (bits := declared_bits(largest)):
            return bits
    return None


def nodata_value(page: Any) -> float | None:
    """Return the value of pixels without data, which GDAL writes; None if there is none."""
    try:
        value = float(page.tags.valueof(NODATA_TAG, "nan"))
    except ValueError:
        return None
    return None if np.isnan(value) else value


def metadata_of(page: Any) -> pyvips.Image:
    """Return an image of libvips without pixels, with the metadata of a page."""
    across, down, unit = resolution(page) or ((0, 1), (0, 1), 0)
    per_unit = MILLIMETRES.get(unit, 0)
    sizes = {
        name: number / of / per_unit
        for name, (number, of) in (("xres", across), ("yres", down))
        if per_unit and number
    }
    blobs = {PROFILE: PROFILE_TAG, "xmp-data": XMP_TAG, ORIENTATION: ORIENTATION_TAG}
    return header(**sizes, **{name: page.tags.valueof(tag) for name, tag in blobs.items()})


def resolution(page: Any) -> tuple[tuple[int, int], tuple[int, int], int] | None:
    """Return the resolutions across and down, as fractions, and their unit; None without any."""
    found = [page.tags.valueof(tag) for tag in (X_RESOLUTION, Y_RESOLUTION)]
    unit = page.tags.valueof(UNIT, 2)
    whole = all(isinstance(one, tuple) and len(one) == 2 and one[1] for one in found)
    return (found[0], found[1], int(unit)) if whole and unit in (1, *MILLIMETRES) else None
