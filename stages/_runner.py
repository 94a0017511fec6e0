"""Run a stage: read its parameters, and report a user's mistakes without a traceback."""

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
from types import FrameType

from zc.lockfile import LockError, LockFile

from denoising.config.params import Params, read_params
from denoising.files.atomic import NO_SPACE, UNFINISHED
from denoising.files.errors import UserError, first_line
from denoising.files.stderr import terminal
from denoising.files.tables import write_json

LOCKS = Path("logs/locks")
SECONDS = Path("logs/seconds")


def run(stage: str, main: Callable[[Params], None], rank: Callable[[], int] = lambda: 0) -> None:
    """Run a stage; a mistake of the user ends it with exit code 1 and one message.

    So do a full disk, files that cannot be read or written, and too little memory. SIGINT and
    SIGTERM end it at once, with exit code 130 or 143.

    Parameters
    ----------
    rank : returns the number of this process, from 0, if several run the stage together.
    """
    start = time.perf_counter()
    for number in (signal.SIGINT, signal.SIGTERM):
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, partial(_end, stage))
    try:
        params = read_params()
        number = rank()
        with _alone(f"{stage}-{number}" if number else stage):
            main(params)
        if not number:
            _log_seconds(stage, time.perf_counter() - start)
    except UserError as error:
        sys.exit(f"error: {error}")
    except OSError as error:
        sys.exit(f"error: {_explain(error, stage)}")
    except Exception as error:
        # TensorFlow's error is recognised by its name, as not every stage imports TensorFlow.
        if not isinstance(error, MemoryError) and type(error).__name__ != "ResourceExhaustedError":
            raise
        sys.exit(
            f"error: {stage} ran out of memory: {first_line(error)}. Close other programs, or "
            "lower numbers of images, widths or batch sizes in params.yaml."
        )


def _end(stage: str, number: int, frame: FrameType | None) -> None:
    """Remove unfinished files and end. Many callbacks would swallow an exception."""
    for path in list(UNFINISHED):
        path.unlink(missing_ok=True)
    _end_workers()
    word = "interrupted" if number == signal.SIGINT else "terminated"
    text = f"\nerror: {stage} was {word}. No half-written file was left; `dvc repro` resumes it.\n"
    with contextlib.suppress(OSError):  # closed
        os.write(terminal(), text.encode())
    with contextlib.suppress(RuntimeError, OSError):  # in use, or closed
        sys.stdout.flush()
    os._exit(128 + number)


def _end_workers() -> None:
    """End the child processes of a stage, on Linux.

    joblib's workers would otherwise wait five minutes for work. Its resource tracker is spared, as
    it removes joblib's temporary files once this process has ended.
    """
    for path in Path("/proc/self/task").glob("*/children"):
        with contextlib.suppress(OSError):  # the thread or the process has ended
            for number in path.read_text().split():
                if b"resource_tracker" not in Path(f"/proc/{number}/cmdline").read_bytes():
                    os.kill(int(number), signal.SIGKILL)


def _explain(error: OSError, stage: str) -> str:
    """Explain a system error to the user, or raise it again if it names no file."""
    if error.errno in NO_SPACE:
        return (
            f"{error.strerror}, while {stage} wrote to {Path.cwd()} or, temporarily, to "
            f"{tempfile.gettempdir()}. No half-written file was left. Free some space, with "
            "`dvc gc --workspace` for example, and run `dvc repro` again."
        )
    if error.filename is None:
        raise error
    reason = (error.strerror or first_line(error)).lower()
    return (
        f"{stage} cannot access {error.filename} in {Path.cwd()}: {reason}. "
        "Fix its permissions, or move what is in its place."
    )


@contextlib.contextmanager
def _alone(stage: str) -> Iterator[None]:
    """Keep a second process from running the same stage in this folder.

    DVC's own locks end with DVC; if only DVC is killed, the stage that it started continues.
    """
    path = LOCKS / f"{stage}.lock"
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        lock = LockFile(str(path))
    except LockError:
        raise UserError(
            f"{stage} is already running in {Path.cwd()}; its process ID is in {path}. "
            "Wait for it to finish, or stop it."
        ) from None
    with contextlib.closing(lock):
        yield


def _log_seconds(stage: str, seconds: float) -> None:
    """Log the duration of a stage and the hash of its parameters. Git and DVC ignore this log."""
    digest = hashlib.md5(Path("params.yaml").read_bytes()).hexdigest()
    write_json(SECONDS / f"{stage}.json", {"seconds": round(seconds, 1), "params": digest})
