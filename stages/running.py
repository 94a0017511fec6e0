"""What all stages do alike: read the parameters, tell mistakes without a traceback, find files."""

import contextlib
import hashlib
import os
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from zc.lockfile import LockError, LockFile

from denoising.artifacts import NO_SPACE, UNFINISHED, read_json, write_json
from denoising.errors import UserError, first_line
from denoising.params import Params, read_params

CLEAN = Path("data/clean")
CLASSICAL = Path("data/classical.csv")
DETECTOR = Path("data/detector")
NOISY = Path("data/noisy")
METRICS = Path("metrics")
MODELS = Path("models")
PLOTS = Path("plots")
TEMPERATURES = MODELS / "temperatures.json"
LOCKS = Path("logs/locks")
SECONDS = Path("logs/seconds")
CHECKPOINTS = Path("logs/checkpoints")


def run(stage: str, main: Callable[[Params], None]) -> None:
    """Run a stage; a mistake of the user ends it with exit code 1 and one message.

    So do a full disk, files that cannot be read or written, and too little memory. Interrupted, or
    asked by SIGTERM to end, it ends at once, with exit code 130 or 143.
    """
    start = time.perf_counter()
    for number in (signal.SIGINT, signal.SIGTERM):
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, partial(_end, stage))
    try:
        params = read_params()
        with _alone(stage):
            main(params)
        _log_seconds(stage, time.perf_counter() - start)
    except UserError as error:
        sys.exit(f"error: {error}")
    except OSError as error:
        sys.exit(f"error: {_explain(error, stage)}")
    except Exception as error:
        # TensorFlow's is told by its name, as not every stage imports TensorFlow.
        if not isinstance(error, MemoryError) and type(error).__name__ != "ResourceExhaustedError":
            raise
        sys.exit(
            f"error: Expected enough memory for {stage}. Received: {first_line(error)}. Close "
            "other programs, or lower in params.yaml the numbers of images, widths or batch sizes."
        )


def _end(stage: str, number: int, frame) -> None:
    """Remove what is not finished, and end. An exception would get lost in many a callback."""
    for path in list(UNFINISHED):
        path.unlink(missing_ok=True)
    _end_workers()
    word = "interrupted" if number == signal.SIGINT else "asked to end"
    text = f"\nerror: {stage} was {word}. No half-written file was left; `dvc repro` goes on.\n"
    with contextlib.suppress(OSError):  # closed
        os.write(2, text.encode())
    with contextlib.suppress(RuntimeError, OSError):  # in the middle of being written to, or closed
        sys.stdout.flush()
    os._exit(128 + number)


def _end_workers() -> None:
    """End the processes that a stage has started, as Linux lists them.

    They are joblib's workers, which would wait for work for five minutes. The one that removes
    joblib's temporary files is left: it does so when this process has ended.
    """
    for path in Path("/proc/self/task").glob("*/children"):
        with contextlib.suppress(OSError):  # the thread or the process has ended
            for number in path.read_text().split():
                if b"resource_tracker" not in Path(f"/proc/{number}/cmdline").read_bytes():
                    os.kill(int(number), signal.SIGKILL)


def _explain(error: OSError, stage: str) -> str:
    """Say of an error of the system's what it means for a stage, or raise it as it is."""
    if error.errno in NO_SPACE:
        return (
            f"{error.strerror}, while {stage} wrote to {Path.cwd()} or, for a moment, to "
            f"{tempfile.gettempdir()}. No half-written file was left. Make space, with "
            "`dvc gc --workspace` for example, and run `dvc repro` again."
        )
    if error.filename is None:
        raise error
    return (
        f"Expected to be able to use {error.filename} in {Path.cwd()}. Received: {error.strerror}, "
        f"while {stage} ran. Change its permissions, or what stands in its place."
    )


@contextlib.contextmanager
def _alone(stage: str) -> Iterator[None]:
    """Keep a second process from running the same stage in this folder.

    DVC's own locks end with DVC: where only it was killed, the stage that it had begun goes on.
    """
    path = LOCKS / f"{stage}.lock"
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        lock = LockFile(str(path))
    except LockError:
        raise UserError(
            f"Expected to be the only process that runs {stage} in {Path.cwd()}. Received: another "
            f"one, whose number is in {path}. Wait until it has ended, or end it."
        ) from None
    with contextlib.closing(lock):
        yield


def _log_seconds(stage: str, seconds: float) -> None:
    """Note how long a stage took, with which parameters. Git and DVC do not see this log."""
    digest = hashlib.md5(Path("params.yaml").read_bytes()).hexdigest()
    write_json(SECONDS / f"{stage}.json", {"seconds": round(seconds, 1), "params": digest})


def read_seconds() -> dict[str, dict]:
    """Return for each stage that has ended here its ``seconds`` and the hash of its ``params``."""
    return {path.stem: read_json(path) for path in sorted(SECONDS.glob("*.json"))}
