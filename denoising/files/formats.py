"""The picture formats by the endings of file names, and checks that need no picture opened.

Nothing slow is imported, so that the command can refuse a name at once.
"""

from collections import Counter
from pathlib import Path

from denoising.files.errors import UserError

# File name endings that libvips writes, and its options for each.
FORMATS = {
    ".png": {"compression": 6},
    ".jpg": {"Q": 95},
    ".jpeg": {"Q": 95},
    ".jpe": {"Q": 95},
    ".jfif": {"Q": 95},
    ".tif": {"compression": "deflate"},
    ".tiff": {"compression": "deflate"},
    ".webp": {"Q": 95},
}
TIFF, NETPBM = (".tif", ".tiff"), (".ppm", ".pgm")
# Written if an output is called so; in a folder, pictures of these formats become PNG.
ON_REQUEST = (".bmp", *NETPBM)
WRITTEN = (*FORMATS, *ON_REQUEST)
# Read only.
HEIC = (".heic", ".heif")
READ_ONLY = (".pnm", ".pbm", ".dib", ".gif", ".avif", ".jp2", ".j2k", ".jpx", *HEIC)
READ = (*WRITTEN, *READ_ONLY)
ENDINGS, READ_ENDINGS = ", ".join(WRITTEN), ", ".join(READ)
NO_ALPHA = (".jpg", ".jpeg", ".jpe", ".jfif", *ON_REQUEST)
EIGHT_BITS = (".jpg", ".jpeg", ".jpe", ".jfif", ".webp", ".bmp")


def check_source(path: Path) -> None:
    """Raise `UserError` if a picture file is missing, empty or unreadable."""
    _check_name(path)
    try:
        if not path.stat().st_size:
            raise UserError(f"{path} is not a picture: the file is empty. Replace it.")
        path.open("rb").close()
    except OSError as error:
        raise UserError(
            f"Cannot read {path}: {error.strerror}. Check its name and its permissions."
        ) from None


def check_ending(path: Path) -> None:
    """Raise `UserError` if the ending of a name is not that of a format that can be written."""
    _check_name(path)
    ending = path.suffix.lower()
    if ending in READ_ONLY:
        raise UserError(
            f"Cannot write {path}: {ending} is read, but not written. Use a name that ends in .png."
        )
    if ending not in WRITTEN:
        raise UserError(f"Cannot write {path}: unknown format. Use a name that ends in {ENDINGS}.")


def _check_name(path: Path) -> None:
    """Raise `UserError` for a name that libvips cannot take."""
    try:
        str(path).encode()
    except UnicodeEncodeError:
        shown = str(path).encode(errors="backslashreplace").decode()
        raise UserError(f"The name {shown} is not in UTF-8. Rename the file.") from None


def written_names(names: list[Path]) -> list[Path]:
    """Return the names of pictures' outputs in a folder, PNG for formats that are read only.

    They take the place of their ending, or come after it where two would have the same name.
    """
    short = [name.with_suffix(".png") if _becomes_png(name) else name for name in names]
    number = Counter(short)
    return [
        name.with_name(f"{name.name}.png") if _becomes_png(name) and number[new] > 1 else new
        for name, new in zip(names, short, strict=True)
    ]


def _becomes_png(name: Path) -> bool:
    return name.suffix.lower() in READ and name.suffix.lower() not in FORMATS
