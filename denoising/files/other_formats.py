"""BMP, PPM, PGM, JPEG 2000 and HEIC, which libvips's packages lack: read and written.

The libraries are imported when a file of theirs is met.
"""

import contextlib
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyvips

from denoising.files.atomic import replacing
from denoising.files.errors import UserError
from denoising.files.formats import NETPBM
from denoising.files.vips import PROFILE, check_size, damage, header

JP2, CODESTREAM = b"\x00\x00\x00\x0cjP  ", b"\xff\x4f\xff\x51"
STARTS = (b"BM", *(b"P%d" % kind for kind in range(1, 7)), JP2, CODESTREAM)
DEPTH_IN_HEADER = 42  # bytes after the start of a JPEG 2000 codestream

Read = tuple[np.ndarray, pyvips.Image, int | None]
"""Values, (H, W, C), with any transparency last; metadata; the number of bits, if it is stated."""


def read(path: Path, start: bytes) -> Read:
    """Read a file that begins with one of `STARTS`.

    Raises
    ------
    UserError
        The file is damaged, too large, or neither grey nor RGB.
    """
    with explained(path):
        if start.startswith((JP2, CODESTREAM)):
            values, bits = _jpeg_2000(path)
            return _with_channels(path, values), header(), bits
        with _image(path) as image:
            if (largest := _largest(image)) > 255:
                return _deep_netpbm(path, image, largest), header(), largest.bit_length()
            return _with_channels(path, _pixels(image)), _metadata(image), None


def read_heic(path: Path) -> Read:
    """Read the main picture of a HEIC file, with the extra `heic`."""
    try:
        import pillow_heif
    except ImportError:
        raise UserError(
            f"{path} is a HEIC picture, which needs the package pillow-heif. Install it with "
            "`pip install pillow-heif`, or save the picture as JPEG."
        ) from None
    with explained(path):
        file = pillow_heif.open_heif(str(path), convert_hdr_to_8bit=False)
        check_size(path, *file.size)
        pillow_heif.set_orientation(file.info)  # it is applied to the pixels
        values = np.asarray(file)
        profile = {PROFILE: file.info.get("icc_profile"), "exif-data": file.info.get("exif")}
        return _with_channels(path, values), header(**profile), None


@contextlib.contextmanager
def explained(path: Path) -> Iterator[None]:
    """Turn what decoders raise for a damaged file into a `UserError`."""
    try:
        yield
    except (UserError, MemoryError):
        raise
    # Decoders report damage with any of a dozen exceptions, of their own and of Python.
    except Exception as error:
        raise damage(path, error) from None


@contextlib.contextmanager
def _image(path: Path) -> Iterator[Any]:
    """Open a file with Pillow, and check its size before its pixels are read."""
    from PIL import Image

    Image.MAX_IMAGE_PIXELS = None  # `check_size` refuses more than we can work on
    with Image.open(path) as image:
        check_size(path, *image.size)
        yield image


def _pixels(image: Any) -> np.ndarray:
    """Return the values of an image of 8 bits, palettes and single bits resolved."""
    if image.mode == "P":
        image = image.convert("RGBA" if "transparency" in image.info else "RGB")
    elif image.mode == "1":
        image = image.convert("L")
    return np.asarray(image)


def _metadata(image: Any) -> pyvips.Image:
    """Return the resolution of a BMP file, in pixels per millimetre."""
    across, down = (float(value) / 25.4 for value in image.info.get("dpi", (0, 0)))
    return header(xres=across, yres=down)


def _largest(image: Any) -> int:
    """Return the value of white of a PPM or PGM file; 255 for other formats."""
    if image.format != "PPM" or image.mode == "1":
        return 255
    options = image.tile[0][3]
    return (
        65535
        if isinstance(options, str) and options.startswith("I;16")
        else (options[1] if isinstance(options, tuple) else 255)
    )


def _deep_netpbm(path: Path, image: Any, largest: int) -> np.ndarray:
    """Return the values of a PPM or PGM file of up to 16 bits, which Pillow cuts to 8 in colour."""
    width, height = image.size
    shape = (height, width, 3 if image.mode == "RGB" else 1)
    number, content = height * width * shape[2], path.read_bytes()
    plain, content = content[:2] in (b"P2", b"P3"), content[image.tile[0][2] :]
    if plain:
        words = re.sub(rb"#[^\r\n]*", b" ", content).split(maxsplit=number)[:number]
        values = np.array(words, dtype=np.int64)
    else:
        values = np.frombuffer(content, ">u2", number)
    if len(values) < number or values.max() > largest or values.min() < 0:
        raise ValueError(f"expected {number:,} values up to {largest}")
    return values.reshape(shape).astype(np.uint16)


def _jpeg_2000(path: Path) -> tuple[np.ndarray, int]:
    """Return the values and the number of bits of a JPEG 2000 file; Pillow has 8 in colour."""
    import imagecodecs

    content = path.read_bytes()
    place = content.find(CODESTREAM)
    height, width = (int.from_bytes(content[place + at : place + at + 4], "big") for at in (12, 8))
    check_size(path, width, height)
    return imagecodecs.jpeg2k_decode(content), (content[place + DEPTH_IN_HEADER] & 127) + 1


def _with_channels(path: Path, values: np.ndarray) -> np.ndarray:
    """Return values as (H, W, C); raise `UserError` if they are not of a grey or RGB picture."""
    values = values[..., None] if values.ndim == 2 else values
    if values.ndim != 3 or values.shape[2] > 4 or values.dtype not in (np.uint8, np.uint16):
        raise UserError(
            f"{path} has {values.shape[-1]} channels of type {values.dtype}. Expected a grey or "
            "RGB picture of 8 or 16 bits per channel. Convert it."
        )
    return values


def write(path: Path, values: np.ndarray, white: int) -> None:
    """Write stored values, (H, W, C), as BMP, PPM or PGM."""
    with replacing(path) as partial:
        if path.suffix.lower() in NETPBM:
            height, width, channels = values.shape
            start = f"P{6 if channels == 3 else 5}\n{width} {height}\n{white}\n"
            wide = values.astype(">u2") if values.dtype == np.uint16 else values
            partial.write_bytes(start.encode() + wide.tobytes())
        else:
            from PIL import Image

            plain = values[..., 0] if values.shape[2] == 1 else values
            Image.fromarray(plain).save(partial, format="BMP")
