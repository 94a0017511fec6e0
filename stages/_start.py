"""Messages for a stage that cannot start: a missing package, or an interrupt while importing."""

import os
import signal
import sys
from types import FrameType, TracebackType

OURS = ("denoising", "stages", "studies", "tools")


def watch() -> None:
    """Install the handlers; those for signals only in a stage, until its `run` replaces them."""
    sys.excepthook = explain
    if sys.argv[0] != "-m":  # Python imports the packages of `python -m` before it sets this
        return
    for number in (signal.SIGINT, signal.SIGTERM):
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, end)


def explain(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """Report a missing package in one message instead of a traceback."""
    name = getattr(error, "name", None) or ""
    if not isinstance(error, ModuleNotFoundError) or name.partition(".")[0] in OURS:
        sys.__excepthook__(kind, error, trace)
        return
    print(
        f"error: the package {name} is not installed in the environment of {sys.executable}. "
        "Set it up with `make repro`, and activate it: `source .venv/bin/activate`.",
        file=sys.stderr,
    )


def end(number: int, frame: FrameType | None) -> None:
    """End at once. Many imports would swallow an exception."""
    os.write(2, b"error: interrupted before anything was written.\n")
    os._exit(128 + number)
