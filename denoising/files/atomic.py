"""Write a file beside its place and move it there once it is complete."""

import contextlib
import errno
from collections.abc import Iterator
from pathlib import Path
from tokenize import TokenError

from denoising.files.errors import UserError, first_line

UNFINISHED: set[Path] = set()
"""The temporary files of this process, for handlers that end it early."""

NO_SPACE = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


@contextlib.contextmanager
def replacing(path: Path | str) -> Iterator[Path]:
    """Yield a temporary path beside `path`; it replaces `path` if the block succeeds.

    A leftover from a killed process is overwritten the next time.
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".partial-{path.name}")
    UNFINISHED.add(partial)
    try:
        yield partial
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)
        UNFINISHED.discard(partial)


def existing(path: Path | str) -> Path:
    """Return `path`; raise `UserError` if an earlier stage has not written it."""
    path = Path(path)
    if not path.is_file():
        raise UserError(
            f"The file {path}, which an earlier stage writes, does not exist in {Path.cwd()}. "
            "Run the stages in order with `dvc repro`, from the root of the repository."
        )
    return path


@contextlib.contextmanager
def reading(path: Path | str) -> Iterator[None]:
    """Turn the errors of a damaged file into a `UserError`."""
    try:
        yield
    except (ValueError, TypeError, SyntaxError, TokenError, OverflowError, EOFError) as error:
        raise UserError(
            f"{path} is damaged: {first_line(error)}. "
            "Delete it; `dvc checkout` or `dvc repro` brings it back."
        ) from None
