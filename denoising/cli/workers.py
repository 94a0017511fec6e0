"""Work on several pictures at a time, in threads, with the results in order.

Threads share the model and its memory. ONNX Runtime and libvips compute outside Python's lock, so
that processes, which would each load everything, are no faster.
"""

import threading
from collections.abc import Callable, Generator
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

from denoising.files.errors import UserError


class Stopped(Exception):  # noqa: N818 no error
    """The command has been interrupted; ends a picture in progress."""


class Outcome(NamedTuple):
    """The line to print about a picture, or the reason of its failure."""

    text: str
    failed: bool = False


Checkpoint = Callable[[], None]
Work = Callable[[int, Checkpoint], str]
"""Work on the picture of an index, and call the checkpoint often; return the line to print."""


def access_fault(error: OSError) -> str:
    """Return what the system reports, with the file if it names one."""
    if error.filename is None:
        return str(error)
    return f"Cannot access {error.filename}: {error.strerror}. Check its name and its permissions."


def attempt(work: Callable[[], str], hint: str = "") -> Outcome:
    """Call `work`; return its result, or the reason of a failure that concerns one picture.

    Parameters
    ----------
    hint : what to do if there is too little memory.
    """
    try:
        return Outcome(work())
    except UserError as error:
        return Outcome(str(error), failed=True)
    except OSError as error:
        return Outcome(access_fault(error), failed=True)
    except MemoryError as error:
        return Outcome(f"{str(error) or 'out of memory'}{hint}", failed=True)


def in_order(work: Work, numbers: list[int], workers: int = 1) -> Generator[Outcome, None, None]:
    """Yield the outcome of each number, in their order, from several threads.

    With one worker it runs in this thread. If the caller ends early, by an exception such as
    `KeyboardInterrupt` or by closing the iterator, pictures in progress end at their next
    checkpoint, and no thread remains.
    """
    workers = min(workers, len(numbers))
    if workers == 1:
        for number in numbers:
            yield attempt(lambda number=number: work(number, go_on))
        return
    stop = threading.Event()

    def checkpoint() -> None:
        if stop.is_set():
            raise Stopped

    def one(number: int) -> Outcome:
        return attempt(lambda: work(number, checkpoint), hint=". Use fewer --jobs.")

    pool = ThreadPoolExecutor(workers)
    try:
        yield from pool.map(one, numbers)
    finally:
        stop.set()
        pool.shutdown(cancel_futures=True)


def go_on() -> None:
    """Go on: without threads, an interruption is an exception, or ends the process."""
