"""A training that is killed goes on from its last whole epoch, and ends in the same bytes."""

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.workspace import ENVIRONMENT, changed_params, succeed

EPOCHS = 6
STAGES = {
    "classifier_noisy": "stages.train_classifier noisy",
    "autoencoder": "stages.train_autoencoder",
    "joint": "stages.train_joint",
}


def longer(values: dict) -> None:
    """Train for some epochs, in which the plateau schedule acts and training may stop early."""
    values["training"] |= {"schedule": "plateau", "patience": 3}
    for name in ("classifier", "autoencoder", "joint"):
        values["datasets"]["digits"]["training"][name] = {"epochs": EPOCHS, "batch_size": 32}


@pytest.fixture(scope="module")
def workspace(copy, tmp_path_factory) -> Path:
    """Return a copy of the finished tiny pipeline, for longer trainings."""
    folder = tmp_path_factory.mktemp("interrupted") / "project"
    shutil.copytree(copy, folder, symlinks=True)
    with changed_params(folder, longer):
        yield folder


@pytest.fixture(scope="module")
def undisturbed(workspace) -> dict[str, dict[str, bytes]]:
    """Return what the trainings write when nothing disturbs them."""
    written = {}
    for name, module in STAGES.items():
        succeed(f"{sys.executable} -m {module}", workspace)
        written[name] = outputs(workspace, name)
    return written


def outputs(folder: Path, name: str) -> dict[str, bytes]:
    """Return the files of a training, and remove them as DVC does before a stage runs."""
    paths = (f"models/{name}.keras", f"plots/history/{name}.csv")
    found = {path: (folder / path).read_bytes() for path in paths if (folder / path).exists()}
    for path in found:
        (folder / path).unlink()
    return found


def kill(command: list[str], folder: Path, epochs: int, delay: float) -> None:
    """Run a command, and kill it and its children so long after it has begun so many epochs."""
    process = subprocess.Popen(
        command,
        cwd=folder,
        env=ENVIRONMENT | {"PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        start_new_session=True,
    )
    for line in process.stdout:
        epochs -= line.startswith("Epoch ")
        if not epochs:
            time.sleep(delay)
            break
    os.killpg(process.pid, signal.SIGKILL)
    process.stdout.close()
    process.wait()


@pytest.mark.parametrize("name", STAGES)
def test_a_training_that_is_killed_at_random_moments_ends_in_the_same_bytes(
    name, workspace, undisturbed
):
    """DENOISE_KILLS says how often it is killed, DENOISE_KILL_SEED which moments are taken."""
    moments = random.Random(f"{name} {os.environ.get('DENOISE_KILL_SEED', 0)}")
    for _ in range(int(os.environ.get("DENOISE_KILLS", 2))):
        command = [sys.executable, "-m", *STAGES[name].split()]
        kill(command, workspace, moments.randint(1, 4), moments.uniform(0, 0.5))
        outputs(workspace, name)
    succeed(f"{sys.executable} -m {STAGES[name]}", workspace)
    assert outputs(workspace, name) == undisturbed[name]
    assert not list((workspace / "logs/checkpoints").iterdir())


def test_dvc_goes_on_where_it_was_killed(workspace):
    succeed("dvc repro train_autoencoder", workspace)
    before = (workspace / "dvc.lock").read_bytes()
    kill(["dvc", "repro", "--force", "--single-item", "train_autoencoder"], workspace, 3, 0.1)
    assert not (workspace / "models/autoencoder.keras").exists()
    assert "Going on after epoch" in succeed("dvc repro train_autoencoder", workspace)
    assert (workspace / "dvc.lock").read_bytes() == before
    assert not list((workspace / "logs/checkpoints").iterdir())
