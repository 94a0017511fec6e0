"""Pictures as libvips reads and writes them, with their metadata.

libvips handles 16 bits per channel, colour profiles and orientation, and recognises a format by the
content of the file rather than by its name.
"""

import functools
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple, ParamSpec, TypeVar

import numpy as np
import pyvips

from denoising.files.atomic import replacing
from denoising.files.errors import UserError
from denoising.files.formats import FORMATS
from denoising.files.ranges import Kept, Scale

# The cache would return the old picture for a file that has been replaced.
pyvips.cache_set_max(0)

# libvips collects the reasons of failures for the whole process, and pyvips clears them whenever it
# looks for an attribute: in several threads at a time, a picture would be reported with the fault
# of another.
_lock = threading.RLock()

P = ParamSpec("P")
R = TypeVar("R")

MODES = {"b-w": 1, "grey16": 1, "srgb": 3, "rgb": 3, "rgb16": 3}
INTERPRETATIONS = {(1, "uint8"): "b-w", (1, "uint16"): "grey16", (3, "uint16"): "rgb16"}
DEPTHS = {"uchar": np.uint8, "ushort": np.uint16}
LOADERS = ("png", "jpeg", "webp", "gif", "heif")
EXPECTED = "PNG, JPEG, TIFF, WebP, BMP, PPM, GIF, AVIF, JPEG 2000 or HEIC"
MOST_PIXELS = 400_000_000
CMYK, FROM_CMYK = "cmyk", "converted from CMYK to sRGB"
PROFILE, ORIENTATION = "icc-profile-data", "orientation"
# The metadata that a written picture takes over from its source.
KEPT = ("exif-data", PROFILE, "iptc-data", "xmp-data", ORIENTATION)


class Picture(NamedTuple):
    """A picture as arrays.

    Attributes
    ----------
    pixels : (H, W, C) on the scale of the networks: ``uint8``, ``uint16``, or ``float32`` with 0
        for black and 1 for white; C is 1 or 3.
    alpha : (H, W), as stored in the file; None if the picture has no transparency.
    source : an image of libvips with the metadata; it may have no pixels.
    scale : the values of black and white in the file.
    kept : pixels that are written as they were.
    notes : conversions, in words.
    """

    pixels: np.ndarray
    alpha: np.ndarray | None
    source: pyvips.Image
    scale: Scale
    kept: Kept | None = None
    notes: tuple[str, ...] = ()

    @property
    def white(self) -> int:
        """The value of white in `pixels`: 255, 65535 or 1."""
        kind = self.pixels.dtype
        return int(np.iinfo(kind).max) if kind.kind == "u" else 1

    @property
    def stored(self) -> np.dtype:
        """The type of the values in the file."""
        return self.scale.stored

    @property
    def has_alpha(self) -> bool:
        """Whether it has transparency."""
        return self.alpha is not None

    @property
    def pages(self) -> int:
        """The number of its pages: one."""
        return 1


def _alone(function: Callable[P, R]) -> Callable[P, R]:
    """Let a function that uses libvips run in one thread at a time."""

    @functools.wraps(function)
    def locked(*args: P.args, **options: P.kwargs) -> R:
        with _lock:
            return function(*args, **options)

    return locked


@_alone
def metadata(image: pyvips.Image, name: str) -> Any:
    """Return an entry of a picture's metadata; None if there is none of that name."""
    return image.get(name) if image.get_typeof(name) else None


@_alone
def load(path: Path, **options: Any) -> tuple[np.ndarray, pyvips.Image]:
    """Return the values of a picture, (H, W, C), with any transparency last, and the opened file.

    CMYK is converted to sRGB with the profile of the file.

    Raises
    ------
    UserError
        The file is damaged, of another format, too large, or has several frames.
    """
    try:
        image = _opened(path, **options)
        if image.interpretation == CMYK:
            depth = 16 if image.format == "ushort" else 8
            image = image.icc_transform("srgb", embedded=True, input_profile=CMYK, depth=depth)
        return np.asarray(image).reshape(image.height, image.width, image.bands), image
    except pyvips.Error as error:
        raise damage(path, error) from None


@_alone
def load_plain(path: Path) -> tuple[np.ndarray, pyvips.Image, tuple[str, ...]] | None:
    """Load a file of any other format than TIFF, as `load` does, with words about conversions.

    None is returned for HEIC, which libvips recognises, but cannot decode.
    """
    try:
        image = _opened(path)
    except pyvips.Error as error:
        raise damage(path, error) from None
    loader = metadata(image, "vips-loader")
    if not loader.startswith(LOADERS):
        found = loader.partition("load")[0]
        raise UserError(f"{path} is of format {found}. Expected {EXPECTED}. Convert it.")
    check_size(path, image.width, image.height)
    if metadata(image, "heif-compression") == "hevc":
        return None
    if (frames := metadata(image, "n-pages") or 1) > 1:
        raise UserError(
            f"{path} has {frames} pages or frames. Expected a single picture. Save them as files "
            "of their own, or as the pages of a TIFF file."
        )
    if image.format not in DEPTHS:
        raise UserError(
            f"{path} has channels of type {image.format}. Expected 8 or 16 bits per channel, or a "
            "TIFF file. Convert it."
        )
    channels, mode = image.bands - image.hasalpha(), str(image.interpretation)
    if mode == CMYK:
        return *load(path), (FROM_CMYK,)
    if MODES.get(mode) != channels:
        raise UserError(
            f"{path} is {mode} with {channels} channels. Expected a grey, RGB or CMYK picture. "
            "Convert it."
        )
    return *load(path), ()


def _opened(path: Path, **options: Any) -> pyvips.Image:
    """Open a file; damage is an error rather than black, which libvips makes of some strips."""
    return pyvips.Image.new_from_file(str(path), access="sequential", fail_on="error", **options)


def damage(path: Path, error: Exception) -> UserError:
    """Return the error to raise for a file that cannot be read."""
    reason = (str(error).strip().splitlines() or [""])[-1].strip() or "unknown format"
    return UserError(
        f"{path} is damaged, or not a picture ({EXPECTED}): {reason[:300]}. "
        "Replace it, or save it in one of these formats."
    )


def check_size(path: Path, width: int, height: int) -> None:
    """Raise `UserError` for a picture that is too large for the memory."""
    if width * height > MOST_PIXELS:
        raise UserError(
            f"{path} is too large: {width} × {height}. Expected at most {MOST_PIXELS:,} pixels. "
            "Divide it into parts."
        )


@_alone
def header(**entries: Any) -> pyvips.Image:
    """Return an image without pixels of interest that carries metadata, by their names.

    Resolutions, ``xres`` and ``yres``, are in pixels per millimetre.
    """
    sizes = {name: entries.pop(name) for name in ("xres", "yres") if entries.get(name)}
    image = pyvips.Image.black(1, 1).copy(**sizes)
    for name, value in entries.items():
        if isinstance(value, bytes) and value:
            image.set_type(pyvips.GValue.blob_type, name, value)  # pyright: ignore[reportArgumentType]
        elif isinstance(value, int):
            image.set_type(pyvips.GValue.gint_type, name, value)
    return image


@_alone
def save(path: Path, values: np.ndarray, like: Picture) -> None:
    """Write the stored values of a picture, (H, W, C), with the rest of the picture `like`.

    Raises
    ------
    UserError
        The file cannot be written.
    """
    image = image_of(values)
    if like.alpha is not None:  # joined row by row, not as another copy of the picture
        image = image.bandjoin(pyvips.Image.new_from_array(like.alpha))
    image = image.copy(xres=like.source.xres, yres=like.source.yres)
    for name in KEPT:
        if kind := like.source.get_typeof(name):
            image.set_type(kind, name, like.source.get(name))
    with replacing(path) as partial:
        try:
            image.write_to_file(str(partial), **FORMATS[path.suffix.lower()])
        except pyvips.Error as error:
            raise UserError(f"Cannot write {path}: {str(error).strip()}") from None


def image_of(values: np.ndarray) -> pyvips.Image:
    """Return values, (H, W, C), C 1 or 3, as an image of libvips."""
    usual = "srgb" if values.shape[2] >= 3 else "b-w"
    mode = INTERPRETATIONS.get((values.shape[2], str(values.dtype)), usual)
    return pyvips.Image.new_from_array(values, interpretation=mode)
