"""Hold back what libraries print to stderr while they start."""

import contextlib
import os
import tempfile
from collections.abc import Iterator

from denoising.files.errors import UserError

_originals: list[int] = []  # what stderr was before each block that holds it back now


def terminal() -> int:
    """Return the file descriptor of stderr, also while it is held back."""
    return _originals[0] if _originals else 2


@contextlib.contextmanager
def held_back() -> Iterator[None]:
    """Hold back everything that the block writes to stderr; show it only if the block fails.

    A `UserError` says by itself what is wrong. C++ libraries write to the file descriptor, where
    `sys.stderr` does not reach.
    """
    try:
        messages = tempfile.TemporaryFile()  # noqa: SIM115 closed below
        original = os.dup(2)
    except OSError:  # stderr is closed, or there is no room for a temporary file
        yield
        return
    _originals.append(original)
    os.dup2(messages.fileno(), 2)
    try:
        yield
    except UserError:
        raise
    except BaseException:
        messages.seek(0)
        os.write(original, messages.read())
        raise
    finally:
        os.dup2(original, 2)
        os.close(_originals.pop())
        messages.close()
