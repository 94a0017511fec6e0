"""A user's picture files: read as pixels, written again with all that the file said besides.

Through libvips, which knows 16 bits a channel, profiles and orientation, and reads what a file is
from its content, whatever its name says.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pyvips

from denoising.files.atomic import replacing
from denoising.files.errors import UserError

# libvips would give a picture again that it has read before, though the file is another by now.
pyvips.cache_set_max(0)

# What can be written, by the ends of the names: with libvips's options.
FORMATS = {
    ".png": {"compression": 6},
    ".jpg": {"Q": 95},
    ".jpeg": {"Q": 95},
    ".tif": {"compression": "deflate"},
    ".tiff": {"compression": "deflate"},
    ".webp": {"Q": 95},
}
EIGHT_BITS, NO_ALPHA = (".jpg", ".jpeg", ".webp"), (".jpg", ".jpeg")
DEPTHS = {"uchar": np.uint8, "ushort": np.uint16}
MODES = {"b-w": 1, "grey16": 1, "srgb": 3, "rgb": 3, "rgb16": 3}
LOADERS = ("png", "jpeg", "tiff", "webp")
MOST_PIXELS = 400_000_000
# What a file says besides its pixels, and is kept.
KEPT = ("exif-data", "icc-profile-data", "iptc-data", "xmp-data", "orientation")


class Picture(NamedTuple):
    """Pixels, (H, W, C), ``uint8`` or ``uint16``, C 1 or 3; alpha, (H, W), or None; the source."""

    pixels: np.ndarray
    alpha: np.ndarray | None
    source: pyvips.Image

    @property
    def white(self) -> int:
        """The value of white: 255 or 65535."""
        return int(np.iinfo(self.pixels.dtype).max)


def read_picture(path: Path) -> Picture:
    """Read a picture of 8 or 16 bits, grey or colour; raise `UserError` where it is none."""
    try:
        size = path.stat().st_size
        if not size:
            raise UserError(f"Expected a picture in {path}. Received: an empty file")
        image = pyvips.Image.new_from_file(str(path), access="sequential", fail_on="truncated")
        _check(path, image)
        array = np.asarray(image)
    except OSError as error:
        raise UserError(f"Expected a picture in {path}. Received: {error.strerror}") from None
    except pyvips.Error as error:
        reason = str(error).strip().splitlines()[-1].strip() or "an unknown format"
        raise UserError(
            f"Expected a picture (PNG, JPEG, TIFF, WebP) in {path}. Received: {reason}"
        ) from None
    array = array.reshape(image.height, image.width, image.bands)
    channels = image.bands - image.hasalpha()
    alpha = array[:, :, channels] if image.hasalpha() else None
    return Picture(array[:, :, :channels], alpha, image)


def _check(path: Path, image: pyvips.Image) -> None:
    """Raise `UserError` for what is a picture, but none of ours, before its pixels are read."""
    loader = image.get("vips-loader")
    if not loader.startswith(LOADERS):
        raise UserError(f"Expected PNG, JPEG, TIFF or WebP in {path}. Received: {loader}")
    pages = image.get("n-pages") if image.get_typeof("n-pages") else 1
    if pages > 1 and not image.get_typeof("n-subifds"):
        raise UserError(f"Expected one picture in {path}. Received: {pages} pages or frames")
    if image.width * image.height > MOST_PIXELS:
        raise UserError(
            f"Expected at most {MOST_PIXELS:,} pixels in {path}. "
            f"Received: {image.width} × {image.height}"
        )
    if image.format not in DEPTHS:
        raise UserError(f"Expected 8 or 16 bits a channel in {path}. Received: {image.format}")
    if MODES.get(image.interpretation) != image.bands - image.hasalpha():
        raise UserError(
            f"Expected a grey picture or one in RGB in {path}. "
            f"Received: {image.interpretation} with {image.bands} channels"
        )


def check_target(path: Path, picture: Picture) -> None:
    """Raise `UserError` where a format cannot hold what the picture has."""
    if path.suffix.lower() not in FORMATS:
        raise UserError(
            f"Expected a name that ends in {', '.join(FORMATS)}. Received: {path.name!r}"
        )
    if picture.alpha is not None and path.suffix.lower() in NO_ALPHA:
        raise UserError(f"Expected a format with transparency, .png for example, for {path}.")
    if picture.white > 255 and path.suffix.lower() in EIGHT_BITS:
        raise UserError(f"Expected a format of 16 bits, .png or .tif, for {path}.")


def write_picture(path: Path, pixels: np.ndarray, like: Picture) -> None:
    """Write pixels, of the shape and type of those of `like`, with its alpha and all it said."""
    check_target(path, like)
    if like.alpha is not None:
        pixels = np.concatenate([pixels, like.alpha[:, :, None]], axis=2)
    image = pyvips.Image.new_from_array(pixels, interpretation=like.source.interpretation)
    image = image.copy(xres=like.source.xres, yres=like.source.yres)
    for name in KEPT:
        if kind := like.source.get_typeof(name):
            image.set_type(kind, name, like.source.get(name))
    with replacing(path) as partial:
        try:
            image.write_to_file(str(partial), **FORMATS[path.suffix.lower()])
        except pyvips.Error as error:
            raise UserError(f"Could not write {path}: {str(error).strip()}") from None


def find_pictures(folder: Path) -> Iterator[Path]:
    """Yield the files below a folder whose names end as pictures' do.

    Hidden ones are left out, and what is behind links to folders.
    """
    for path in sorted(folder.rglob("*")):
        hidden = any(part.startswith(".") for part in path.relative_to(folder).parts)
        if not hidden and path.suffix.lower() in FORMATS and path.is_file():
            yield path
