"""The stages of `dvc.yaml`: parameters and paths in, a few library calls, outputs out.

A stage has ``main(params)`` and is run as ``python -m stages.NAME`` in the repository's root.
"""

import ctypes
import os
import signal
import sys

# The bits of a sum depend on the number of threads that share it. TensorFlow keeps to the number it
# is told, BLAS and OpenMP take no more than there are cores: one is what each machine has. They
# read it when they are loaded, so it is set before NumPy is imported.
THREADS = 2
for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[variable] = "1"
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
os.environ["KERAS_BACKEND"] = "tensorflow"

# glibc's mallopt options, by their numbers in malloc.h. TensorFlow asks for large buffers and gives
# them back at every step; returning them to the system each time costs as much as computing.
NEVER_TRIM, NO_MMAP, ONE_ARENA = (-1, 2**31 - 1), (-4, 0), (-8, 1)


def keep_memory() -> None:
    """Have freed memory kept for the next step; nothing happens where the C library is no glibc."""
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt:
        for option, value in (NEVER_TRIM, NO_MMAP, ONE_ARENA):
            mallopt(option, value)


keep_memory()

OURS = ("benchmarks", "denoising", "recipes", "results", "stages", "studies")


def explain(kind: type, error: BaseException, trace) -> None:
    """Tell without a traceback that a stage cannot begin, as its environment is not there."""
    if kind is not ModuleNotFoundError or (error.name or "").partition(".")[0] in OURS:
        return sys.__excepthook__(kind, error, trace)
    return print(
        f"error: Expected the package {error.name} in the environment of {sys.executable}. "
        "Received: none. Set the environment up with `make repro`, and activate it: "
        "`source .venv/bin/activate`.",
        file=sys.stderr,
    )


def end(number: int, frame) -> None:
    """End at once, as nothing has been written. An exception would get lost in many an import."""
    os.write(2, b"error: interrupted before anything was written.\n")
    os._exit(128 + number)


def _starting() -> bool:
    """Say whether a stage is being started, which still imports; its `run` has handlers of its own.

    Python runs a package's ``__init__`` before it knows the module that it is asked for; those of
    recipes and studies import this package when it does.
    """
    module = getattr(sys.modules["__main__"], "__spec__", None)
    others = module and module.name.startswith(("recipes.", "studies."))
    return sys.argv[0] == "-m" or bool(others and module.name != "recipes.table")


sys.excepthook = explain
if _starting():
    for number in (signal.SIGINT, signal.SIGTERM):
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, end)
