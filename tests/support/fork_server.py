"""Servers that run stages and DVC for tests, in forks of processes that have imported packages.

Importing Keras and TensorFlow costs a training several times what its few batches do, and most
other stages, and DVC's commands, spend their time on imports as well. A server imports the packages
once, at its first request, but nothing of this project, as each copy of it has code of its own.
Nothing is computed before a fork, which therefore starts as a new process would.

`start` writes programs `python` and `dvc`, which leave the rest to the real ones, as well as any
command with other environment variables of those that are read at the start. A stage started by
`sys.executable` is a process of its own, too: tests that stop or kill one need that.
"""

import gc
import importlib
import json
import os
import runpy
import select
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

READING = ("numpy", "pydantic", "ruamel.yaml", "yaml", "zc.lockfile")
IMPORTED = {
    "trainings": (*READING, "keras", "tensorflow", "onnx", "pandas", "scipy.ndimage"),
    "stages": (
        *(*READING, "pandas", "onnxruntime", "sklearn.metrics", "sklearn.linear_model", "altair"),
        *(
            "skimage.restoration",
            "skimage.io",
            "scipy.stats",
            "joblib",
            "jinja2",
            "grimp",
            "pyvips",
        ),
    ),
    "dvc": (
        *("dvc.cli.parser", "dvc.repo", "dvc.repo.reproduce", "dvc.repo.experiments.run"),
        *("dvc.repo.experiments.show", "dvc.repo.plots", "dvc_render", "dvc.stage.run"),
    ),
}
"""The packages that each server imports."""
READ_AT_START = ("PYTHON", "KERAS_", "TF_", "XLA_", "CUDA_", "OMP_", "OPENBLAS_", "MKL_", "LD_")
"""How the names of variables begin that would have no effect on a fork."""

PYTHON = """#!/bin/sh
case "$1 $2" in
"-m stages.train_"* | "-m studies."*".stages.train"*) server=trainings ;;
"-m stages."* | "-m studies."*) server=stages ;;
*) exec {python} "$@" ;;
esac
exec {python} -IS {client} {folder}/$server.socket "$@"
"""
DVC = """#!/bin/sh
exec {python} -IS {client} {folder}/dvc.socket -m dvc "$@"
"""


@contextmanager
def start(folder: Path, environment: dict[str, str]) -> Iterator[None]:
    """Write `python` and `dvc` to a folder, and serve them until the block or this process ends."""
    client = Path(__file__).with_name("fork_client.py")
    for name, script in (("python", PYTHON), ("dvc", DVC)):
        program = folder / name
        program.write_text(script.format(python=sys.executable, client=client, folder=folder))
        program.chmod(0o755)
    with ExitStack() as servers:
        for name in IMPORTED:
            servers.enter_context(server(name, folder / f"{name}.socket", environment))
        yield


@contextmanager
def server(name: str, address: Path, environment: dict[str, str]) -> Iterator[None]:
    """Start a server of requests at the address of a socket."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as listener:
        listener.bind(str(address))
        listener.listen()
        process = subprocess.Popen(
            [sys.executable, __file__, name, str(listener.fileno())],
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            pass_fds=[listener.fileno()],
            start_new_session=True,
        )
    with process:  # it ends when its standard input is closed
        yield


def serve(names: tuple[str, ...], listener: socket.socket) -> None:
    """Import modules, and fork for each request, until standard input is closed."""
    while select.select([listener, 0], [], [])[0] == [listener]:
        connection, _ = listener.accept()
        for name in names:
            importlib.import_module(name)
        gc.freeze()
        if not os.fork():
            listener.close()
            attend(connection)
            os._exit(0)
        connection.close()
        with suppress(ChildProcessError):  # there are none
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass


def attend(connection: socket.socket) -> None:
    """Run what a client asks for; pass its signals on, and send it the exit status."""
    message, files, _, _ = socket.recv_fds(connection, 1 << 20, 3)
    request = json.loads(message)
    if read_at_start(request["environment"]) != STARTED_WITH:
        return
    connection.send(b"accepted")
    child = os.fork()
    if not child:
        connection.close()
        become(request, files)
    for file in (0, 1, 2, *files):
        os.close(file)
    ended = os.pidfd_open(child)
    while ended not in select.select([connection, ended], [], [])[0]:
        received = connection.recv(1)
        os.kill(child, received[0] if received else signal.SIGKILL)
        if not received:  # the client was killed
            return
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    connection.send(str(status).encode())


def read_at_start(environment: dict[str, str]) -> dict[str, str]:
    return {key: value for key, value in environment.items() if key.startswith(READ_AT_START)}


STARTED_WITH = read_at_start(dict(os.environ))  # imports may change it


def become(request: dict, files: list[int]) -> None:
    """Continue as the process that the client was started as."""
    os.setsid()
    for target, file in enumerate(files):
        os.dup2(file, target)
        os.close(file)
    os.chdir(request["folder"])
    os.environ.clear()
    os.environ.update(request["environment"])
    default = {signal.SIGINT: signal.default_int_handler, signal.SIGTERM: signal.SIG_DFL}
    for number, handler in default.items():
        signal.signal(number, signal.SIG_IGN if number in request["ignored"] else handler)
    _, module, *arguments = request["arguments"]
    sys.path[0] = request["folder"]
    sys.argv = ["-m", *arguments]  # as Python has it while it imports the packages of a module
    runpy.run_module(module, run_name="__main__", alter_sys=True)
    sys.exit()


if __name__ == "__main__":
    serve(IMPORTED[sys.argv[1]], socket.socket(fileno=int(sys.argv[2])))
