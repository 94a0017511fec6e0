"""The picture formats by the endings of file names, and checks that need no picture opened.

Nothing slow is imported, so that the command can refuse a name at once.
"""

from pathlib import Path

from denoising.files.errors import UserError

# File name endings that can be written, and libvips's options for each.
FORMATS = {
    ".png": {"compression": 6},
    ".jpg": {"Q": 95},
    ".jpeg": {"Q": 95},
    ".tif": {"compression": "deflate"},
    ".tiff": {"compression": "deflate"},
    ".webp": {"Q": 95},
}
ENDINGS = ", ".join(FORMATS)
EIGHT_BITS, NO_ALPHA = (".jpg", ".jpeg", ".webp"), (".jpg", ".jpeg")


def check_source(path: Path) -> None:
    """Raise `UserError` if a picture file is missing, empty or unreadable."""
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
    if path.suffix.lower() not in FORMATS:
        raise UserError(f"Cannot write {path}: unknown format. Use a name that ends in {ENDINGS}.")
