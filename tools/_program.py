"""Run a program of this folder: a user's mistake ends it with one message, without a traceback."""

import sys
from collections.abc import Callable
from pathlib import Path

from denoising.files.errors import UserError, first_line

ROOT = Path(__file__).parents[1]
RESULTS = ROOT / "results"


def run(main: Callable[[], None]) -> None:
    """Run `main`; exit with code 1 and a message if the user has to do something."""
    try:
        main()
    except UserError as error:
        sys.exit(f"error: {error}")
    except OSError as error:
        if error.filename is None:
            raise
        reason = (error.strerror or first_line(error)).lower()
        sys.exit(f"error: Cannot access {error.filename}: {reason}.")
