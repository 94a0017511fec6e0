"""The processes and devices of one training.

TensorFlow trains in one process on one device. With JAX, Keras's `DataParallel` spreads each batch
over all devices of the process, or over those of several processes that a launcher started (srun,
mpirun, an indexed Job of Kubernetes), which `jax.distributed` connects. All compute the same
weights; only the first one writes files.
"""

import atexit
import contextlib
import ctypes
import hashlib
import os
import signal
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import keras
import numpy as np

from denoising.files.atomic import UNFINISHED
from denoising.files.errors import UserError, first_line
from denoising.files.stderr import held_back, terminal

HEARTBEAT = 20  # seconds without a sign of life; JAX's own default is 100
CONNECTING = 120  # seconds in which all processes have to start
LAST = 1_000_000  # bytes of messages, of which one says that a process is lost

LAUNCHERS = (
    ("JAX_NUM_PROCESSES", ("JAX_PROCESS_ID", "JOB_COMPLETION_INDEX"), "JAX_NUM_PROCESSES"),
    ("OMPI_COMM_WORLD_SIZE", ("OMPI_COMM_WORLD_RANK",), "OMPI_COMM_WORLD_SIZE"),
    # SLURM_NTASKS is that of the job, in a batch script or an interactive shell, too.
    ("SLURM_STEP_NUM_TASKS", ("SLURM_PROCID",), "SLURM_STEP_NUM_TASKS"),
    ("PMI_SIZE", ("PMI_RANK",), "PMI_SIZE"),
)
"""Variables with the number of processes, with the number of this one, and one that has to be set
for the others to count. The first launcher that is found is taken."""

LOST = ("Gloo", "NCCL", "coordination service", "JAX distributed service", "heartbeat")
"""Words by which the errors of JAX for a process that is lost are recognised."""


class Launch(NamedTuple):
    """How many processes were asked for, and which of them this one is, from 0."""

    processes: int
    rank: int


ALONE = Launch(1, 0)


def launched(variables: Mapping[str, str] = os.environ) -> Launch | None:
    """Return what a launcher asked for in the environment; None without one.

    Raises
    ------
    UserError
        The variables are no numbers, or contradict each other.
    """
    for size, ranks, present in LAUNCHERS:
        if present not in variables or size not in variables:
            continue
        rank = next((name for name in ranks if name in variables), ranks[0])
        given = variables[size], variables.get(rank, "")
        if not all(text.isdecimal() for text in given) or not int(given[1]) < int(given[0]):
            raise UserError(
                f"Expected a number of processes in {size}, and in {rank} the number of this one, "
                f"from 0. Received: {size}={given[0]} and {rank}={given[1]}. Set both, or neither."
            )
        return Launch(int(given[0]), int(given[1]))
    return None


def rank() -> int:
    """Return the number of this process among those of the training, from 0."""
    return (launched() or ALONE).rank


def leads() -> bool:
    """Return whether this process is the one that writes files."""
    return not _several() or _jax().process_index() == 0


def join(backend: str) -> None:
    """Connect the processes, and spread what follows over all devices.

    Call this after Keras's seeds are set, and before a network is built. All processes but the
    first become silent: their standard output goes nowhere.

    Parameters
    ----------
    backend : the parameter ``training.backend``.

    Raises
    ------
    UserError
        Keras runs on another backend, which cannot be changed any more; several processes were
        started without JAX; or they do not find each other.
    """
    launch, found = launched(), keras.backend.backend()
    if found != backend:
        raise UserError(
            f"training.backend: Expected {found}, on which Keras already runs in this process. "
            f"Received: {backend}. Start the training in a process of its own."
        )
    if backend != "jax":
        if launch and launch.processes > 1:
            raise UserError(
                f"{launch.processes} processes were started, but training.backend is {backend}, "
                "which trains in one: each would train the whole network. Set training.backend: "
                "jax, or start one process (without DENOISE_LAUNCHER)."
            )
        return
    jax = _jax()
    if launch and launch.processes > 1 and not jax.distributed.is_initialized():
        _connect(launch)
    if launch and (jax.process_count(), jax.process_index()) != launch:
        raise UserError(
            f"Expected process {launch.rank} of {launch.processes}, as the launcher asked for. "
            f"Found: JAX has process {jax.process_index()} of {jax.process_count()}, so that "
            "several trainings would run beside each other. Start all processes with one launcher."
        )
    if not leads():
        with Path(os.devnull).open("wb") as silent:
            os.dup2(silent.fileno(), 1)
    if jax.device_count() > 1:
        parallel = keras.distribution.DataParallel(auto_shard_dataset=False)
        keras.distribution.set_distribution(parallel)
        several = f" of {jax.process_count()} processes" if _several() else ""
        print(f"Each batch is spread over {jax.device_count()} devices{several}.")


def _connect(launch: Launch) -> None:
    """Connect this process to the first one, at an address that is given or that JAX finds."""
    address = os.environ.get("JAX_COORDINATOR_ADDRESS")
    try:
        _jax().distributed.initialize(
            address,
            launch.processes,
            launch.rank,
            cluster_detection_method="deactivate" if address else None,
            initialization_timeout=CONNECTING,
            heartbeat_timeout_seconds=HEARTBEAT,
        )
    except (ValueError, RuntimeError) as error:
        raise UserError(
            f"Process {launch.rank} of {launch.processes} cannot find the others: "
            f"{first_line(error)}. Set JAX_COORDINATOR_ADDRESS=HOST:PORT for all of them, with a "
            "free port on the machine of process 0, and check that all were started."
        ) from None


@contextlib.contextmanager
def together() -> Iterator[None]:
    """End all processes, each with one sentence and no library's messages, if one of them ends."""
    if (launched() or ALONE).processes == 1:
        yield
        return
    with held_back():
        _replace_abort()
        try:
            yield
        except BaseException as error:
            if _is_lost(error):
                _end_without_another()
            # JAX's own exit waits for the others, which wait for this process.
            atexit.register(os._exit, 1)
            atexit.register(sys.stdout.flush)
            raise


def _is_lost(error: BaseException | None) -> bool:
    """Return whether an error, or one that it followed, is that of a lost process."""
    while error is not None:
        if not isinstance(error, UserError) and any(word in str(error) for word in LOST):
            return True
        error = error.__context__
    return False


def _replace_abort() -> None:
    """Explain it when JAX misses a process: it aborts in C, where Python cannot catch it."""
    global _abort

    def explain(number: int) -> None:
        with contextlib.suppress(OSError):  # stderr is closed, or not held back
            text = os.pread(2, LAST, max(0, os.fstat(2).st_size - LAST))
            if any(word.encode() in text for word in LOST):
                _end_without_another()
            os.write(terminal(), text)
        os._exit(128 + number)

    _abort = ctypes.CFUNCTYPE(None, ctypes.c_int)(explain)
    ctypes.CDLL(None).signal(int(signal.SIGABRT), _abort)


_abort: Any = None  # C calls it; it must not be freed


def _end_without_another() -> None:
    launch = launched() or ALONE
    for path in list(UNFINISHED):
        path.unlink(missing_ok=True)
    text = (
        f"error: Process {launch.rank} of {launch.processes} ends, as another one has ended or "
        "cannot be reached; the same command goes on after the last complete epoch, in any number "
        "of processes.\n"
    )
    with contextlib.suppress(OSError):  # closed
        os.write(terminal(), text.encode())
    os._exit(1)


@contextlib.contextmanager
def local() -> Iterator[None]:
    """Compute in this process alone, so that variables can be made without the other ones."""
    kept = keras.distribution.distribution()
    keras.distribution.set_distribution(None)
    try:
        yield
    finally:
        keras.distribution.set_distribution(kept)


def agree(identity: str) -> None:
    """Raise `UserError` if a process has another `identity`: a text, such as a training's hash."""
    if not _several():
        return
    from jax.experimental import multihost_utils

    digest = hashlib.blake2b(identity.encode(), digest_size=16).digest()
    every = multihost_utils.process_allgather(np.frombuffer(digest, np.uint8))
    if (every != every[0]).any():
        raise UserError(
            "The processes of this training have different parameters, data or code, or their "
            "processors compute differently. Start them in the same folder, on disks that they "
            "share, on machines of one kind."
        )


def from_first(content: bytes) -> bytes:
    """Return the `content` that the first process has, in all of them; less than 2 GB."""
    if not _several():
        return content
    from jax.experimental import multihost_utils

    [length] = multihost_utils.broadcast_one_to_all(np.array([len(content)], np.int32))
    mine = np.frombuffer(content.ljust(length, b"\0")[:length], np.uint8)
    return multihost_utils.broadcast_one_to_all(mine).tobytes()


class Share(NamedTuple):
    """This process's rows of each batch.

    Attributes
    ----------
    rows : of a whole batch, which all devices divide.
    part : the rows of this process.
    """

    rows: int
    part: slice

    def of(self, chosen: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return the images of this process and their weights, ``float32``.

        Parameters
        ----------
        chosen : the indices of a batch's images, which are repeated, with weight 0, until the batch
            is full.
        """
        weights = (np.arange(self.rows) < len(chosen)).astype(np.float32)
        return np.resize(chosen, self.rows)[self.part], weights[self.part]


def share(batch_size: int) -> Share | None:
    """Return this process's share of batches; None where batches are not filled.

    With JAX they are, on a single device, too: so a batch is the same on any number of them.
    """
    if keras.backend.backend() != "jax":
        return None
    jax = _jax()
    rows = -(-batch_size // jax.device_count()) * jax.device_count()
    mine = rows // jax.process_count()
    return Share(rows, slice(mine * jax.process_index(), mine * (jax.process_index() + 1)))


def _several() -> bool:
    return keras.backend.backend() == "jax" and _jax().process_count() > 1


def _jax() -> Any:
    import jax

    return jax
