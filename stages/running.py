"""What all stages do alike: read the parameters, tell mistakes without a traceback, find files."""

import contextlib
import errno
import hashlib
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
from zc.lockfile import LockError, LockFile

from denoising.artifacts import read_array, read_json, write_json
from denoising.errors import UserError
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
NO_SPACE = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
CHECKPOINTS = Path("logs/checkpoints")


class Images(NamedTuple):
    """Images of a split, memory-mapped: ``uint8`` clean ones, labels, ``float32`` noisy ones."""

    clean: np.ndarray
    labels: np.ndarray
    noisy: np.ndarray | None


def read_images(split: str, *, noisy: bool = True) -> Images:
    """Map what `download` and `add_noise` wrote of a split."""
    return Images(
        read_array(CLEAN / split / "images.npy"),
        read_array(CLEAN / split / "labels.npy"),
        read_array(NOISY / split / "images.npy") if noisy else None,
    )


def run(stage: str, main: Callable[[Params], None]) -> None:
    """Run a stage; a mistake of the user ends it with exit code 1 and one message."""
    start = time.perf_counter()
    try:
        with _alone(stage):
            main(read_params())
        _log_seconds(stage, time.perf_counter() - start)
    except UserError as error:
        sys.exit(f"error: {error}")
    except OSError as error:
        if error.errno not in NO_SPACE:
            raise
        sys.exit(
            f"error: {error.strerror}, while {stage} wrote to {Path.cwd()} or, for a moment, to "
            f"{tempfile.gettempdir()}. No half-written file was left. Make space, with "
            "`dvc gc --workspace` for example, and run `dvc repro` again."
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
