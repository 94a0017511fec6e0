"""The start of a stage: its messages, and Keras without the packages that it does not need."""

import contextlib
import importlib.util
import os
import signal
import sys
from collections.abc import Iterator
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec
from types import FrameType, ModuleType, TracebackType

from denoising.files.errors import UserError
from denoising.files.stderr import held_back, terminal

GIVEN_BACKEND = os.environ.get("KERAS_BACKEND")  # before `_environment` sets it
OURS = ("denoising", "stages", "studies", "tools")
# Keras and TensorFlow import them where they find them, which takes seconds.
UNNEEDED = ("matplotlib", "pandas", "sklearn")
BACKENDS = ("jax", "tensorflow")
SET_UP = "Set it up with `make repro`, and activate it: `source .venv/bin/activate`."
ADVICE = {
    "jax": "Install it with `uv pip install '.[jax]'`, or '.[jax-cuda]' for NVIDIA's GPUs.",
}


LEARN_CLASSES = ("stages.train_classifier", "stages.train_joint")


def watch() -> None:
    """Install the handlers; those for signals only in a stage, until its `run` replaces them.

    A stage that learns classes is refused without any, before it imports TensorFlow for seconds.
    """
    sys.excepthook = explain
    restore_backend()
    sys.meta_path.insert(0, LightKeras())
    if sys.argv[0] != "-m":  # Python imports the packages of `python -m` before it sets this
        return
    for number in (signal.SIGINT, signal.SIGTERM):
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, end)
    if set(LEARN_CLASSES) & set(sys.orig_argv):
        _refuse_without_classes()


def _refuse_without_classes() -> None:
    """End if the parameters are wrong, or their data set has no classes."""
    from denoising.config.params import known_classes, read_params

    try:
        given = read_params()  # not `params`, whose keys a stage has to declare: others come here
        known_classes(given.data.source.classes, given.dataset)
    except UserError as error:
        sys.exit(f"error: {error}")


class LightKeras(MetaPathFinder):
    """Import Keras and TensorFlow alone, with their messages held back unless the import fails."""

    def find_spec(
        self, name: str, path: object = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if name not in ("keras", "tensorflow"):
            return None
        sys.meta_path.remove(self)
        os.environ["KERAS_BACKEND"] = backend = choose_backend()
        others = tuple(other for other in BACKENDS if other != backend)
        if backend == "jax":  # Keras would import TensorFlow later, which takes the GPUs' memory
            sys.meta_path.insert(0, Hidden(others))
        spec = importlib.util.find_spec(name)
        if spec and spec.loader:
            execute = spec.loader.exec_module

            def lightly(module: ModuleType) -> None:
                with held_back(), hidden((*UNNEEDED, *others)):
                    execute(module)
                restore_backend()

            spec.loader.exec_module = lightly
        return spec


def restore_backend() -> None:
    """Leave the user's KERAS_BACKEND to child processes; it is set while Keras is imported."""
    os.environ.pop("KERAS_BACKEND", None)
    if GIVEN_BACKEND:
        os.environ["KERAS_BACKEND"] = GIVEN_BACKEND


def choose_backend() -> str:
    """Return the backend of the parameters; end if KERAS_BACKEND contradicts them.

    Parameters that are wrong are reported later.
    """
    from denoising.config.params import read_params

    try:
        given = read_params()  # not `params`, see above
    except UserError:
        return "tensorflow"
    wanted = given.training.backend
    if GIVEN_BACKEND and wanted != GIVEN_BACKEND:
        choice = ", or change params.yaml" if GIVEN_BACKEND in BACKENDS else ""
        sys.exit(
            f"error: training.backend: Expected {GIVEN_BACKEND}, the KERAS_BACKEND of the "
            f"environment. Received: {wanted}. Results depend on it, so that one is not taken for "
            f"the other: unset KERAS_BACKEND{choice}."
        )
    return wanted


class Hidden(MetaPathFinder):
    """Packages that are not found."""

    def __init__(self, names: tuple[str, ...]) -> None:
        self.names = names

    def find_spec(self, name: str, path: object = None, target: ModuleType | None = None) -> None:
        if name in self.names:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)


@contextlib.contextmanager
def hidden(names: tuple[str, ...]) -> Iterator[None]:
    """Hide packages, unless they have been imported, from what the block imports."""
    finder = Hidden(names)
    sys.meta_path.insert(0, finder)
    try:
        yield
    finally:
        sys.meta_path.remove(finder)


def explain(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """Report a missing package in one message instead of a traceback."""
    name = getattr(error, "name", None) or ""
    if not isinstance(error, ModuleNotFoundError) or name.partition(".")[0] in OURS:
        sys.__excepthook__(kind, error, trace)
        return
    print(
        f"error: the package {name} is not installed in the environment of {sys.executable}. "
        + ADVICE.get(name, SET_UP),
        file=sys.stderr,
    )


def end(number: int, frame: FrameType | None) -> None:
    """End at once. Many imports would swallow an exception."""
    word = b"interrupted" if number == signal.SIGINT else b"terminated"
    os.write(terminal(), b"error: " + word + b" before anything was written.\n")
    os._exit(128 + number)
