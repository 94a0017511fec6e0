"""One training on several devices: of one process, and of two on this machine.

The devices are made of the processor; GPUs and networks are not tested.
"""

import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pandas as pd
import pytest

from tests.support.workspace import ENVIRONMENT, NEW_PROCESSES, write_params
from tools.reruns import stages

long = pytest.mark.long

QUICK = "--xla_backend_optimization_level=0"
JAX = {"JAX_PLATFORMS": "cpu", "XLA_FLAGS": QUICK, "PYTHONUNBUFFERED": "1"}
TWO_DEVICES = {"XLA_FLAGS": f"{QUICK} --xla_force_host_platform_device_count=2"}

NETWORKS = {"taught": "classifier_denoised", "cascade": "joint", "levels": "autoencoder"}
"""The trained networks, by their folders: a classifier with distillation, averaged weights and a
denoiser in its loader; a network with two outputs; and a denoiser with a level input."""
SPREAD = ("taught", "cascade")
"""Those that several processes train, too. They come first, so that nothing else differs."""

TRAIN = """
import sys
sys.path.insert(0, "")
import stages
from denoising.config.params import read_params
from denoising.training import distribution
from stages import train_autoencoder, train_classifier, train_joint
from stages._paths import MODELS, Place

params = read_params()
def training(**values):
    return params.model_copy(update={"training": params.training.model_copy(update=values)})
LEVELS = {"noise_range": [0.1, 0.5], "level_input": True, "level_known": 0.5}
AVERAGED = {"weight_averaging": 0.9}
TRAININGS = {
    "taught": lambda place: train_classifier.main(training(**AVERAGED), "denoised", place),
    "cascade": lambda place: train_joint.main(params, place),
    "levels": lambda place: train_autoencoder.main(training(**LEVELS), place),
}
run, *names = sys.argv[1:]
with distribution.together():
    for name in names:
        folder = MODELS / run / name
        TRAININGS[name](Place(folder, folder, f"{run}-{name}-"))
"""

WAITING = """
import signal, sys
sys.path.insert(0, "")
import stages
from denoising.training import distribution
distribution.HEARTBEAT = 5
with distribution.together():
    distribution.join("jax")
    while True:
        signal.pause()
"""


def with_jax(values: dict) -> None:
    values["training"] |= {"backend": "jax", "distillation": 0.5}
    for name in ("classifier", "autoencoder", "joint"):
        values["datasets"]["digits"]["training"][name]["epochs"] = 2


@pytest.fixture(scope="module")
def workspace(copy, tmp_path_factory) -> Path:
    """Return a copy of the finished tiny pipeline whose trainings run on JAX."""
    folder = tmp_path_factory.mktemp("devices") / "project"
    shutil.copytree(copy, folder, symlinks=True)
    write_params(folder, with_jax)
    return folder


@contextmanager
def started(
    arguments: list[str], folder: Path, processes: int = 1, **variables: str
) -> Iterator[list[subprocess.Popen]]:
    """Start Python in one process or in several, none of which outlives the block."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{free.getsockname()[1]}"
    common = ENVIRONMENT | NEW_PROCESSES | JAX | variables
    if processes > 1:
        common |= {"JAX_COORDINATOR_ADDRESS": address, "JAX_NUM_PROCESSES": str(processes)}
    found = []
    try:
        for rank in range(processes):
            process = subprocess.Popen(
                [sys.executable, *arguments],
                cwd=folder,
                env=common | ({"JAX_PROCESS_ID": str(rank)} if processes > 1 else {}),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
            )
            found.append(process)
        yield found
    finally:
        for process in found:
            process.kill()
            process.wait()


def finish(processes: list) -> str:
    """Wait for processes that have to succeed; return the standard output of the first."""
    ends = [process.communicate() for process in processes]
    for process, (printed, messages) in zip(processes, ends, strict=True):
        assert process.returncode == 0, printed + messages
    return ends[0][0]


def until(line: str, process: subprocess.Popen) -> None:
    """Read the standard output of a process up to a line."""
    assert f"{line}\n" in iter(process.stdout.readline, "")


@pytest.fixture(scope="module")
def trained(workspace) -> dict[str, Path]:
    """Return the folders of networks, trained on one device, on two, and in two processes."""
    found = {}
    for name, networks, processes, variables in (
        ("one", NETWORKS, 1, {}),
        ("two", NETWORKS, 1, TWO_DEVICES),
        ("processes", SPREAD, 2, {}),
    ):
        found[name] = workspace / "models" / name
        for network in networks:
            (found[name] / network).mkdir(parents=True)
            for part in ("autoencoder.keras", "autoencoder.onnx", "classifier_denoised.keras"):
                shutil.copyfile(workspace / "models" / part, found[name] / network / part)
        with started(["-c", TRAIN, name, *networks], workspace, processes, **variables) as every:
            finish(every)
    return found


@long
@pytest.mark.parametrize("network", NETWORKS)
def test_two_devices_train_like_one(network, trained):
    """Accuracies may differ by one image, of 1,600 and of 177."""
    one, two = (
        pd.read_csv(trained[name] / network / f"{NETWORKS[network]}.csv") for name in ("one", "two")
    )
    assert [*one] == [*two]
    for column in one:
        slack = {"abs": 1 / 170} if "accuracy" in column else {"rel": 2e-4}
        assert two[column].to_numpy() == pytest.approx(one[column].to_numpy(), **slack), column


@long
@pytest.mark.parametrize("network", SPREAD)
def test_two_processes_write_the_bytes_of_one_process_with_two_devices(network, trained):
    for ending in ("keras", "onnx", "csv"):
        name = f"{network}/{NETWORKS[network]}.{ending}"
        assert (trained["two"] / name).read_bytes() == (trained["processes"] / name).read_bytes()


def ends_with_a_sentence(process: subprocess.Popen, rank: int) -> None:
    """Check that a process ends because another one has."""
    printed, messages = process.communicate()
    assert process.returncode == 1, printed + messages
    [line] = messages.splitlines()
    assert line.startswith(f"error: Process {rank} of 2 ends, as another one has ended")


def longer(values: dict) -> None:
    values["datasets"]["digits"]["training"]["autoencoder"] = {"epochs": 8, "batch_size": 64}


@long
@pytest.mark.parametrize("victim", [0, pytest.param(1, marks=pytest.mark.thorough)])
def test_if_a_process_is_killed_the_others_end_and_any_number_goes_on(victim, workspace, tmp_path):
    folder = tmp_path / "project"
    shutil.copytree(workspace, folder, symlinks=True)
    write_params(folder, longer)
    training = ["-m", "stages.train_autoencoder"]
    with started(training, folder, 2) as both:
        until("Epoch 3/8", both[0])
        both[victim].kill()
        both[victim].wait()
        ends_with_a_sentence(both[1 - victim], rank=1 - victim)
    with started(training, folder, victim + 1, **TWO_DEVICES) as again:
        printed = finish(again)
    assert "Resuming after epoch" in printed
    assert "\nEpoch 8/8\n" in printed
    assert not list((folder / "logs/checkpoints").iterdir())


@long
def test_a_process_that_waits_notices_that_another_one_is_killed(workspace):
    """As with GPUs, whose collectives wait for ever: JAX aborts it, which is explained."""
    with started(["-c", WAITING], workspace, 2) as both:
        until("Each batch is spread over 2 devices of 2 processes.", both[0])
        both[1].kill()
        both[1].wait()
        ends_with_a_sentence(both[0], rank=0)


@pytest.mark.parametrize("launcher", [None, "echo launched"])
def test_the_launcher_of_the_environment_starts_a_training(launcher, tmp_path):
    (tmp_path / "python").write_text('#!/bin/sh\necho "alone: $0 $*"\n')
    (tmp_path / "python").chmod(0o755)
    variables = {"PATH": f"{tmp_path}:{os.environ['PATH']}"}
    if launcher:
        variables["DENOISE_LAUNCHER"] = launcher
    for name, stage in stages().items():
        if not name.startswith("train_"):
            continue
        done = subprocess.run(
            stage.command, shell=True, env=variables, capture_output=True, text=True, check=True
        )
        module = f"-m {stage.module}"
        expected = f"launched python {module}" if launcher else f"alone: {tmp_path}/python {module}"
        assert done.stdout.startswith(expected)
