"""Messages while a stage starts: a missing package, an interrupt, TensorFlow's own."""

import importlib.util
import os
import signal
import sys
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec
from types import FrameType, ModuleType, TracebackType

from denoising.files.stderr import held_back, terminal

OURS = ("denoising", "stages", "studies", "tools")


def watch() -> None:
    """Install the handlers; those for signals only in a stage, until its `run` replaces them."""
    sys.excepthook = explain
    sys.meta_path.insert(0, QuietTensorFlow())
    if sys.argv[0] != "-m":  # Python imports the packages of `python -m` before it sets this
        return
    for number in (signal.SIGINT, signal.SIGTERM):
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, end)


class QuietTensorFlow(MetaPathFinder):
    """Import TensorFlow with its messages held back: shown only if the import fails."""

    def find_spec(
        self, name: str, path: object = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if name != "tensorflow":
            return None
        sys.meta_path.remove(self)
        spec = importlib.util.find_spec(name)
        if spec and spec.loader:
            execute = spec.loader.exec_module

            def quietly(module: ModuleType) -> None:
                with held_back():
                    execute(module)

            spec.loader.exec_module = quietly
        return spec


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
    word = b"interrupted" if number == signal.SIGINT else b"terminated"
    os.write(terminal(), b"error: " + word + b" before anything was written.\n")
    os._exit(128 + number)
