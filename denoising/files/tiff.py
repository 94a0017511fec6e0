"""TIFF files of any kind: pages, scientific types, and codecs that libvips lacks.

The structure and the metadata are tifffile's. libvips decodes what it can, since it knows palettes,
CMYK, subsampled colour and the codecs of fax machines; tifffile, with imagecodecs, the rest. Both
refuse damaged strips.
"""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pyvips

from denoising.files.errors import UserError
from denoising.files.other_formats import explained
from denoising.files.ranges import Scale, find_scale
from denoising.files.survey import Survey, survey
from denoising.files.tiff_pages import (
    PALETTE,
    alpha_channel,
    channel_groups,
    check_page,
    inverted,
    is_for_vips,
    is_inverted,
    main_pages,
    metadata_of,
    nodata_value,
    stated_bits,
    straight,
)
from denoising.files.tiff_writing import write_pages
from denoising.files.vips import Picture, load

STARTS = (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")

Restore = Callable[[Picture], np.ndarray]
"""Return the restored pixels of a picture, of their shape and type."""
Decoded = tuple[np.ndarray, pyvips.Image]


class TiffPictures:
    """The pictures of an opened TIFF file.

    Attributes
    ----------
    stored : type of the values.
    has_alpha : whether any page has transparency.
    pages : number of pictures; a page of several grey channels is as many, and channels beyond the
        colours count.
    pixels : number of pixels in all of them.
    scale : the values of black and white.
    notes : what is left out or converted, in words.
    """

    def __init__(self, path: Path, file: Any, white: float | None):
        self.path, self._file = path, file
        self._pages, self.notes = main_pages(path, file)
        for page in self._pages:
            check_page(path, page)
        kinds = {page.dtype.newbyteorder("=") for page in self._pages}
        if len(kinds) > 1:
            raise UserError(
                f"{path} has pages of different types: {', '.join(sorted(map(str, kinds)))}. "
                "Save them as files of their own."
            )
        self._read_ahead: Decoded | None = None
        self.has_alpha = any(alpha_channel(page) is not None for page in self._pages)
        self._groups = [channel_groups(page) for page in self._pages]
        self.pages = sum(map(len, self._groups))
        self.pixels = sum(
            len(groups) * page.imagewidth * page.imagelength
            for page, groups in zip(self._pages, self._groups, strict=True)
        )
        self.scale = self._find_scale(white)
        self.stored = self.scale.stored

    def single(self) -> Picture:
        """Return the only picture; raise `UserError` if there are several."""
        if self.pages > 1:
            raise UserError(
                f"{self.path} has {self.pages} pages or channels. Expected a single picture. Save "
                "them as files of their own."
            )
        page = self._pages[0]
        return self._picture(page, self._decoded(page), self._groups[0][0])

    def write(self, target: Path, restore: Restore) -> None:
        """Restore each picture, and write all as a TIFF file with the metadata of this one."""
        write_pages(target, self.path, self._file, self._pages, self._restored(restore))

    def _restored(self, restore: Restore) -> Iterator[np.ndarray]:
        """Yield the values of each page, (H, W, C), restored."""
        for page, groups in zip(self._pages, self._groups, strict=True):
            values, source = self._decoded(page)
            result = values if values.flags.writeable else values.copy()
            for group in groups:  # in the memory of the page, which may be large
                picture = self._picture(page, (result, source), group)
                self.scale.to_stored(restore(picture), picture.kept, result[..., group])
            yield inverted(result) if is_inverted(page) else result

    def _picture(self, page: Any, decoded: "Decoded", group: slice) -> Picture:
        values, source = decoded
        pixels, kept = self.scale.to_work(values[..., group], reuse=values.flags.writeable)
        place = alpha_channel(page)
        alpha = None if place is None else values[..., place]
        return Picture(pixels, alpha, source, self.scale, kept, self.notes)

    def _decoded(self, page: Any) -> "Decoded":
        """Return the values of a page, (H, W, C), and an image of libvips with its metadata."""
        if self._read_ahead is not None:
            found, self._read_ahead = self._read_ahead, None
            return found
        if is_for_vips(page):
            values, source = load(self.path, page=page.index)
            return (values if page.photometric != PALETTE else _coloured(values)), source
        with explained(self.path):
            values = page.asarray(squeeze=False)[:, 0]  # (S, H, W, C), S or C is 1
            values = np.moveaxis(values[..., 0], 0, -1) if len(values) > 1 else values[0]
            values = straight(values, page)
        return (inverted(values) if is_inverted(page) else values), metadata_of(page)

    def _find_scale(self, white: float | None) -> Scale:
        first = self._pages[0]
        kind = np.dtype(np.uint8) if first.dtype == bool else first.dtype.newbyteorder("=")
        declared, nodata = stated_bits(self._file, first), nodata_value(first)
        if kind == np.uint8 or (kind == np.uint16 and white is None and declared == 16):
            return find_scale(kind, None, white)
        seen: Survey | None = None
        for page in self._pages:
            decoded = self._decoded(page)
            found = survey(decoded[0], nodata, white)
            seen = seen.joined(found) if seen and found else seen or found
            if len(self._pages) == 1:
                self._read_ahead = decoded
        return find_scale(kind, seen, white, declared, nodata)


def _coloured(values: np.ndarray) -> np.ndarray:
    """Return values with three channels: libvips makes a palette of greys a grey picture."""
    return values if values.shape[2] > 1 else np.repeat(values, 3, axis=2)


@contextmanager
def opened(path: Path, white: float | None = None) -> Iterator[TiffPictures]:
    """Open a TIFF file.

    Raises
    ------
    UserError
        The file is damaged, or not of pictures that can be denoised.
    """
    import tifffile  # slow to import

    logging.getLogger("tifffile").setLevel(logging.CRITICAL)  # damage is raised
    with explained(path):
        file = tifffile.TiffFile(path)
    with file:
        with explained(path):
            pictures = TiffPictures(path, file, white)
        yield pictures
