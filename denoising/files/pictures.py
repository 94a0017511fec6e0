"""A user's picture files: read as pixels, and written with the metadata of their source.

libvips handles 16 bits per channel, colour profiles and orientation, and recognises a format by the
content of the file rather than by its name.
"""

import threading
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pyvips

from denoising.files.atomic import replacing
from denoising.files.errors import UserError
from denoising.files.formats import EIGHT_BITS, FORMATS, NO_ALPHA, check_ending, check_source

# The cache would return the old picture for a file that has been replaced.
pyvips.cache_set_max(0)

# libvips collects the reasons of failures for the whole process: in several threads at a time, a
# picture would be reported with the fault of another.
_one_at_a_time = threading.Lock()

DEPTHS = {"uchar": np.uint8, "ushort": np.uint16}
MODES = {"b-w": 1, "grey16": 1, "srgb": 3, "rgb": 3, "rgb16": 3}
LOADERS = ("png", "jpeg", "tiff", "webp")
MOST_PIXELS = 400_000_000
# The metadata that a written picture takes over from its source.
KEPT = ("exif-data", "icc-profile-data", "iptc-data", "xmp-data", "orientation")


class Picture(NamedTuple):
    """A picture as arrays.

    Attributes
    ----------
    pixels : (H, W, C), ``uint8`` or ``uint16``, C is 1 or 3.
    alpha : (H, W), of the same type; None if the picture has no transparency.
    source : the opened file, with its metadata.
    """

    pixels: np.ndarray
    alpha: np.ndarray | None
    source: pyvips.Image

    @property
    def white(self) -> int:
        """The value of white: 255 or 65535."""
        return int(np.iinfo(self.pixels.dtype).max)


def read_picture(path: Path) -> Picture:
    """Read a grey or RGB picture of 8 or 16 bits per channel: PNG, JPEG, TIFF or WebP.

    Raises
    ------
    UserError
        The file cannot be read, is damaged, of another format, too large, or has several pages.
    """
    check_source(path)
    try:
        with _one_at_a_time:
            image = pyvips.Image.new_from_file(str(path), access="sequential", fail_on="truncated")
            _check(path, image)
            array = np.asarray(image)
    except pyvips.Error as error:
        reason = str(error).strip().splitlines()[-1].strip() or "unknown format"
        raise UserError(
            f"{path} is damaged, or not a PNG, JPEG, TIFF or WebP picture: {reason}. "
            "Replace it, or save it in one of these formats."
        ) from None
    array = array.reshape(image.height, image.width, image.bands)
    channels = image.bands - image.hasalpha()
    alpha = array[:, :, channels] if image.hasalpha() else None
    return Picture(array[:, :, :channels], alpha, image)


def metadata(image: pyvips.Image, name: str) -> Any:
    """Return an entry of a picture's metadata; None if there is none of that name."""
    return image.get(name) if image.get_typeof(name) else None


def _check(path: Path, image: pyvips.Image) -> None:
    """Raise `UserError` for an unsupported picture, before its pixels are read."""
    loader = metadata(image, "vips-loader")
    if not loader.startswith(LOADERS):
        found = loader.partition("load")[0]
        raise UserError(
            f"{path} is of format {found}. Expected PNG, JPEG, TIFF or WebP. Convert it."
        )
    pages = metadata(image, "n-pages") or 1
    if pages > 1 and not image.get_typeof("n-subifds"):
        raise UserError(
            f"{path} has {pages} pages or frames. Expected a single picture. Save them as files of "
            "their own."
        )
    if image.width * image.height > MOST_PIXELS:
        raise UserError(
            f"{path} is too large: {image.width} × {image.height}. "
            f"Expected at most {MOST_PIXELS:,} pixels. Divide it into parts."
        )
    if image.format not in DEPTHS:
        raise UserError(
            f"{path} has channels of type {image.format}. Expected 8 or 16 bits per "
            "channel. Convert it."
        )
    if MODES.get(str(image.interpretation)) != image.bands - image.hasalpha():
        raise UserError(
            f"{path} is {image.interpretation} with {image.bands} channels. "
            "Expected a grey or RGB picture. Convert it."
        )


def check_target(path: Path, picture: Picture) -> None:
    """Raise `UserError` if the format that `path` names cannot hold the picture."""
    check_ending(path)
    ending = path.suffix.lower()
    if picture.alpha is not None and ending in NO_ALPHA:
        raise UserError(
            f"Cannot write {path}: {ending} has no transparency, but the picture has. "
            "Use .png, .tif or .webp."
        )
    if picture.white > 255 and ending in EIGHT_BITS:
        raise UserError(
            f"Cannot write {path}: {ending} has 8 bits per channel, the picture has 16 bits. "
            "Use .png or .tif."
        )


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
    image = pyvips.Image.new_from_array(pixels, interpretation=like.source.interpretation)
    if like.alpha is not None:  # joined row by row, not as another copy of the picture
        image = image.bandjoin(pyvips.Image.new_from_array(like.alpha))
    image = image.copy(xres=like.source.xres, yres=like.source.yres)
    for name in KEPT:
        if kind := like.source.get_typeof(name):
            image.set_type(kind, name, like.source.get(name))
    with replacing(path) as partial, _one_at_a_time:
        try:
            image.write_to_file(str(partial), **FORMATS[path.suffix.lower()])
        except pyvips.Error as error:
            raise UserError(f"Cannot write {path}: {str(error).strip()}") from None
