"""Work on pictures in actors of a Ray cluster, with the results in order.

An actor is a process on any machine of the cluster; it opens the model once, and computes on one
core. The machines need this package, and the pictures and outputs under the same paths.
"""

import argparse
import logging
import os
import signal
import sys
import warnings
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from platform import node
from typing import Any, cast

# Ray reads these where it is imported. It would report to its makers otherwise.
os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
os.environ.setdefault("RAY_BACKEND_LOG_LEVEL", "fatal")
os.environ.setdefault("RAY_DEDUP_LOGS_SKIP_REGEX", "^")  # lines of other processes, all of them

import ray
import ray.data
from ray.exceptions import RayError
from ray.util.annotations import RayDeprecationWarning

from denoising.cli.batch import Job
from denoising.cli.image import begin
from denoising.cli.workers import Outcome, attempt, go_on
from denoising.files.errors import UserError, first_line

MOST_BLOCKS = 1000  # Ray hands out pictures in blocks, and keeps an account of each
TRIES = 3  # of a block whose actor is lost


class Denoiser:
    """An actor that denoises pictures of a list, by their indices."""

    def __init__(self, given: argparse.Namespace, todo: list[Job], folder: Path) -> None:
        self.given, self.todo, self.folder = given, todo, folder
        self.opened = attempt(self._open)

    def _open(self) -> str:
        os.chdir(self.folder)
        self.work = begin(self.given, self.todo, threads=1)
        return ""

    def __call__(self, row: dict[str, Any]) -> dict[str, Any]:
        if self.opened.failed:
            return self.opened._replace(text=f"On {node()}: {self.opened.text}")._asdict()
        return attempt(lambda: self.work(row["number"], go_on))._asdict()


def in_order(
    given: argparse.Namespace, todo: list[Job], numbers: list[int]
) -> Generator[Outcome, None, None]:
    """Yield the outcome of each number, in their order, from ``--jobs`` actors.

    The cluster is that of RAY_ADDRESS, or one that runs on this machine; otherwise one is started.

    Raises
    ------
    UserError
        The model is not a denoiser, or Ray fails.
    """
    begin(given, todo)  # in this process first, for its errors
    # Where an actor is lost, some of the outputs of its block exist when it is repeated.
    again = argparse.Namespace(**vars(given) | {"force": True, "skip_existing": False})
    try:
        _connect()
        rows = ray.data.from_items(
            [{"number": number} for number in numbers],
            override_num_blocks=min(len(numbers), MOST_BLOCKS),
        )
        outcomes = rows.map(
            cast(Any, Denoiser),
            fn_constructor_args=(again, todo, Path.cwd()),
            compute=ray.data.ActorPoolStrategy(size=min(given.jobs, len(numbers))),
            max_restarts=TRIES,
            max_task_retries=TRIES,
        )
        for row in outcomes.iter_rows():
            yield Outcome(row["text"], bool(row["failed"]))
    except RayError as error:
        raise UserError(f"Ray failed: {first_line(error)}") from None
    finally:
        ray.shutdown()


def _connect() -> None:
    """Connect to a cluster, or start one, without Ray's own messages and handler of SIGTERM.

    Raises
    ------
    UserError
        There is no cluster at the address, or it does not start.
    """
    handler = signal.getsignal(signal.SIGTERM)
    try:
        with _quiet():
            ray.init(include_dashboard=False, log_to_driver=False, logging_level=logging.ERROR)
    except SystemExit:  # by Ray's handler, of which the C++ part aborts after three seconds
        signal.alarm(0)
        raise SystemExit(128 + signal.SIGTERM) from None
    # Ray has no common exception for a start that fails.
    except Exception as error:
        raise UserError(f"Cannot connect to Ray, or start it: {first_line(error)}") from None
    finally:
        signal.signal(signal.SIGTERM, handler)
    logging.getLogger("ray.data").setLevel(logging.ERROR)
    warnings.simplefilter("ignore", RayDeprecationWarning)  # of max_restarts and max_task_retries
    context = ray.data.DataContext.get_current()
    context.execution_options.preserve_order = True
    context.enable_progress_bars = context.print_on_execution_start = False


@contextmanager
def _quiet() -> Generator[None, None, None]:
    """Discard what is written to file descriptor 2: Ray reports a log level, whatever it is."""
    sys.stderr.flush()
    with Path(os.devnull).open("wb") as nowhere, os.fdopen(os.dup(2), "wb") as stderr:
        os.dup2(nowhere.fileno(), 2)
        try:
            yield
        finally:
            os.dup2(stderr.fileno(), 2)
