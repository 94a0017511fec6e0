"""`denoise image --engine ray` on a cluster of this machine: the files and lines of threads."""

import os
import secrets
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import psutil
import pytest
import pyvips

from tests.support.dag import ROOT

pytestmark = [
    pytest.mark.long,
    pytest.mark.skipif(find_spec("ray") is None, reason="Ray is not installed: make .venv/dev"),
]

BIN = Path(sys.executable).parent
PICTURES = 30


@pytest.fixture(scope="module")
def cluster() -> Iterator[psutil.Process]:
    """Start a cluster of two cores, in which the package is installed; return its first process."""
    with (
        tempfile.TemporaryDirectory(prefix="ray-", ignore_cleanup_errors=True) as folder,
        socket.socket() as free,
    ):
        free.bind(("127.0.0.1", 0))  # its sockets need a short path
        port = str(free.getsockname()[1])
        free.close()
        token = {"RAY_AUTH_MODE": "token", "RAY_AUTH_TOKEN": secrets.token_hex(32)}
        options = ("--head", "--port", port, "--num-cpus", "2", "--temp-dir", folder, "--block")
        head = subprocess.Popen(
            [BIN / "ray", "start", *options, "--include-dashboard", "false"],
            env=os.environ | token | {"PYTHONPATH": str(ROOT), "RAY_USAGE_STATS_ENABLED": "0"},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        assert head.stdout
        printed = []
        while not printed or "Ray runtime started" not in printed[-1]:
            printed.append(head.stdout.readline())
            assert printed[-1], "".join(printed)
        with pytest.MonkeyPatch.context() as patch:
            for name, value in (token | {"RAY_ADDRESS": f"127.0.0.1:{port}"}).items():
                patch.setenv(name, value)
            yield psutil.Process(head.pid)
        # Asked to end, it waits half a minute for its children.
        for process in [*psutil.Process(head.pid).children(recursive=True), head]:
            process.kill()
        head.communicate()


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    """Return a folder with pictures in `in/`, and in `threads/` what threads make of them."""
    folder = tmp_path_factory.mktemp("pictures")
    (folder / "in").mkdir()
    random = np.random.default_rng(0)
    for index in range(PICTURES):
        pixels = random.integers(0, 256, (40 + index, 60, 3), dtype=np.uint8)
        picture = pyvips.Image.new_from_array(pixels, interpretation="srgb")
        picture.pngsave(str(folder / f"in/{index:02}.png"))
    (folder / "in/broken.png").write_bytes((folder / "in/00.png").read_bytes()[:300])
    (folder / "in/empty.png").touch()
    return folder


@pytest.fixture(scope="module")
def expected(folder) -> tuple[str, dict[str, bytes]]:
    """Return the lines and the files of threads."""
    done = start(folder, "threads", "threads")
    return lines(done, "threads"), written(folder / "threads")


def start(folder: Path, output: str, engine: str, *options: str) -> subprocess.Popen:
    """Start the command, with paths relative to `folder`."""
    command = ["-m", "denoising", "image", "in", "-o", output, "--engine", engine, "--jobs", "2"]
    return subprocess.Popen(
        [sys.executable, *command, *options],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def lines(process: subprocess.Popen, output: str) -> str:
    """Return what a command printed, which ends with two pictures that cannot be used."""
    printed = process.communicate()[0]
    assert process.returncode == 1, printed
    return printed.replace(f" {output}/", " OUT/")


def written(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def actors(cluster: psutil.Process) -> list[psutil.Process]:
    return [one for one in cluster.children(recursive=True) if "Denoiser" in one.name()]


def test_actors_write_the_files_and_lines_of_threads(cluster, folder, expected):
    assert (lines(start(folder, "ray", "ray"), "ray"), written(folder / "ray")) == expected
    assert len(expected[1]) == PICTURES


@pytest.mark.thorough
def test_pictures_of_a_lost_actor_are_given_to_another(cluster, folder, expected):
    command = start(folder, "lost", "ray")
    assert command.stdout
    first = command.stdout.readline()
    for actor in actors(cluster)[:1]:
        actor.kill()
    assert (first + lines(command, "lost")).replace(" lost/", " OUT/") == expected[0]
    assert written(folder / "lost") == expected[1]


def test_an_interrupted_command_can_be_repeated(cluster, folder, expected):
    command = start(folder, "again", "ray")
    assert command.stdout
    command.stdout.readline()
    command.send_signal(signal.SIGTERM)
    printed = command.communicate()[0]
    assert command.returncode == 143, printed
    assert "Traceback" not in printed
    assert "Left to do" in lines(start(folder, "again", "ray", "--skip-existing"), "again")
    assert written(folder / "again") == expected[1]


def test_a_signal_while_ray_starts_ends_the_command_as_one_after_it(monkeypatch):
    """Ray's handlers of that time end with another code, and abort an end of over three seconds."""
    from argparse import Namespace

    from denoising.cli import ray_actors

    def init(**_):
        signal.signal(signal.SIGTERM, lambda number, _: sys.exit(number))
        signal.alarm(60)
        signal.raise_signal(signal.SIGTERM)

    monkeypatch.setattr(ray_actors.ray, "init", init)
    monkeypatch.setattr(ray_actors, "begin", lambda *_: None)
    before = signal.getsignal(signal.SIGTERM)
    with pytest.raises(SystemExit) as ended:
        next(ray_actors.in_order(Namespace(), [], []))
    assert ended.value.code == 143
    assert signal.alarm(0) == 0
    assert signal.getsignal(signal.SIGTERM) == before


def test_a_job_of_a_cluster_denoises_a_folder(cluster, folder, expected, tmp_path):
    """`ray job submit` runs the command in the cluster: here a stand-in runs it at once."""
    for name, script in (
        ("ray", 'shift 3\nexec "$@"'),
        ("denoise", f'exec {sys.executable} -m denoising "$@"'),
    ):
        (tmp_path / name).write_text(f"#!/bin/sh\n{script}\n")
        (tmp_path / name).chmod(0o755)
    done = subprocess.run(
        [ROOT / "examples/cluster/pictures_ray.sh", folder / "in", folder / "job", "--jobs", "2"],
        cwd=folder,
        env=os.environ | {"PATH": f"{tmp_path}:{os.environ['PATH']}", "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 1, done.stdout + done.stderr
    assert written(folder / "job") == expected[1]


def test_a_machine_without_the_folder_is_named(folder, tmp_path):
    from argparse import Namespace

    from denoising.cli.ray_actors import Denoiser

    outcome = Denoiser(Namespace(), [], tmp_path / "absent")({"number": 0})
    assert outcome["failed"]
    assert f"On {os.uname().nodename}: Cannot access {tmp_path}/absent" in outcome["text"]
