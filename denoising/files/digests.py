"""Hashes of files."""

import hashlib
from pathlib import Path

from denoising.files.errors import UserError


def file_digest(path: Path, algorithm: str = "sha256") -> str:
    """Return the hash of a file's bytes, in hexadecimal digits.

    Raises
    ------
    UserError
        The file cannot be read.
    """
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, algorithm).hexdigest()
    except OSError as error:
        raise UserError(f"Cannot read {path}: {error.strerror}. Fix its permissions.") from None
