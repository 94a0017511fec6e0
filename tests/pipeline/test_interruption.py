"""A killed training resumes after its last complete epoch, and ends in the same bytes.

Each turn kills a training twice, at moments that are drawn evenly from its first epoch to its end.
DENOISE_TURNS asks for more turns, each with moments of its own.
"""

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.support.workspace import ENVIRONMENT, NEW_PROCESSES, changed_params, run, succeed

pytestmark = pytest.mark.long

EPOCHS = 6
TURNS = int(os.environ.get("DENOISE_TURNS", 1))
STAGES = {
    "joint": "stages.train_joint",
    "autoencoder": "stages.train_autoencoder",
}


class Undisturbed(NamedTuple):
    """The outputs of an undisturbed training, and its seconds from the first epoch on."""

    written: dict[str, bytes]
    seconds: float


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
def undisturbed(copy, workspace) -> dict[str, Undisturbed]:
    """Return the outputs of undisturbed trainings.

    The autoencoder comes last, as the joint network starts from it; the earlier one is put back.
    """
    found = {}
    for name in STAGES:
        process = begin(training(name), workspace)
        start = time.perf_counter()
        process.communicate()
        found[name] = Undisturbed(outputs(workspace, name), time.perf_counter() - start)
    start_of_joint = "models/autoencoder.keras"
    shutil.copyfile(copy / start_of_joint, workspace / start_of_joint)
    return found


def training(name: str) -> list[str]:
    """Return the command that trains a network, in a process that can be killed."""
    return [sys.executable, "-m", *STAGES[name].split()]


def trained(name: str, folder: Path) -> str:
    """Train a network to the end, in a fork; return what is printed."""
    return succeed(f"python -m {STAGES[name]}", folder)


def outputs(folder: Path, name: str) -> dict[str, bytes]:
    """Return the files of a training, and remove them as DVC does before a stage runs."""
    paths = (f"models/{name}.keras", f"models/{name}.onnx", f"plots/history/{name}.csv")
    found = {path: (folder / path).read_bytes() for path in paths if (folder / path).exists()}
    for path in found:
        (folder / path).unlink()
    return found


def begin(command: list[str], folder: Path, epochs: int = 1) -> subprocess.Popen:
    """Start a command, and return when it has begun so many epochs."""
    process = subprocess.Popen(
        command,
        cwd=folder,
        env=ENVIRONMENT | NEW_PROCESSES | {"PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        start_new_session=True,
    )
    for line in process.stdout:
        if "Resuming" in line:
            print(line.strip())
        epochs -= line.startswith("Epoch ")
        if not epochs:
            break
    return process


def kill(process: subprocess.Popen, delay: float = 0) -> bool:
    """Kill a command and its children after a delay in seconds; return whether it still ran."""
    try:
        process.communicate(timeout=delay)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
    return process.returncode == -signal.SIGKILL


@pytest.mark.parametrize("turn", range(TURNS))
@pytest.mark.parametrize("name", ["joint", pytest.param("autoencoder", marks=pytest.mark.thorough)])
def test_a_killed_training_ends_in_the_same_bytes(name, turn, workspace, undisturbed):
    moments = random.Random(f"{name} {turn}")
    for share in (1, 0.5):  # a resumed training has less left
        delay = moments.uniform(0, share * undisturbed[name].seconds)
        killed = kill(begin(training(name), workspace), delay)
        outputs(workspace, name)
        print(f"{name}: {'killed' if killed else 'had ended'} after {delay:.2f} s")
    interrupted = (workspace / f"logs/checkpoints/{name}.npz").exists()
    printed = trained(name, workspace)
    print(*[line for line in printed.splitlines() if "Resuming" in line])
    assert ("Resuming after epoch" in printed) == interrupted
    assert outputs(workspace, name) == undisturbed[name].written
    assert not list((workspace / "logs/checkpoints").iterdir())


# The last steps of a training, and the code that kills it there.
MOMENTS = {
    "while a checkpoint is written": """
import numpy
save = numpy.savez
def half(file, **arrays):
    half.calls += 1
    if half.calls == 4:
        file.write(b"PK half of a checkpoint")
        file.flush()
        die()
    save(file, **arrays)
half.calls = 0
numpy.savez = half
""",
    "before the model is written": """
import denoising.training.session
denoising.training.session.write_model = die
""",
    "between a history and its checkpoint": """
import denoising.training.checkpoints
step = denoising.training.checkpoints.Checkpoint.on_epoch_end
def last(self, epoch, logs):
    die() if epoch == 3 else step(self, epoch, logs)
denoising.training.checkpoints.Checkpoint.on_epoch_end = last
""",
}
EARLY = {"while a checkpoint is written", "between a history and its checkpoint"}
"""The moments in the fourth epoch."""
KILLED_THERE = """
import os, runpy, signal, sys
sys.path.insert(0, "")
import stages
def die(*arguments): os.kill(os.getpid(), signal.SIGKILL)
{code}
runpy.run_module("stages.train_autoencoder", run_name="__main__", alter_sys=True)
"""


@pytest.mark.parametrize(
    "moment",
    [pytest.param(one, marks=[] if one in EARLY else pytest.mark.thorough) for one in MOMENTS],
)
def test_a_training_killed_at_its_end_is_not_lost(moment, workspace, undisturbed):
    program = KILLED_THERE.format(code=MOMENTS[moment])
    done = subprocess.run([sys.executable, "-c", program], cwd=workspace, env=ENVIRONMENT)
    assert done.returncode == -signal.SIGKILL
    outputs(workspace, "autoencoder")
    printed = trained("autoencoder", workspace)
    whole = 3 if moment in EARLY else EPOCHS
    assert f"Resuming after epoch {whole}," in printed
    assert printed.count("Epoch ") == EPOCHS - whole
    assert outputs(workspace, "autoencoder") == undisturbed["autoencoder"].written
    assert not list((workspace / "logs/checkpoints").iterdir())


def test_a_checkpoint_of_another_script_is_not_used(workspace, undisturbed):
    script = workspace / "stages/train_autoencoder.py"
    text = script.read_text()
    assert kill(begin(training("autoencoder"), workspace, epochs=3))
    script.write_text(text + "\nCHANGED = 1\n")
    try:
        printed = trained("autoencoder", workspace)
    finally:
        script.write_text(text)
    assert "belongs to other parameters, data or code" in printed
    assert outputs(workspace, "autoencoder") == undisturbed["autoencoder"].written


def test_a_second_process_refuses_to_run_the_same_training(workspace):
    first = begin(training("autoencoder"), workspace)
    os.killpg(first.pid, signal.SIGSTOP)
    done = run(" ".join(training("autoencoder")), workspace)
    os.killpg(first.pid, signal.SIGCONT)
    assert done.returncode == 1
    assert "train_autoencoder is already running" in done.stderr
    first.communicate()
    assert first.returncode == 0
    outputs(workspace, "autoencoder")


def test_a_training_of_dvc_is_drawn_while_it_runs_and_resumes_once_killed(
    workspace, undisturbed, tmp_path
):
    model = workspace / "models/autoencoder.keras"
    process = begin(["dvc", "repro", "train_autoencoder"], workspace, epochs=3)
    os.killpg(process.pid, signal.SIGSTOP)
    try:
        succeed(f"dvc plots show training_autoencoder --out {tmp_path}", workspace)
        rows = (workspace / "plots/history/autoencoder.csv").read_text().splitlines()
    finally:
        os.killpg(process.pid, signal.SIGCONT)
        killed = kill(process)
    assert [row.partition(",")[0] for row in rows][:3] == ["epoch", "1", "2"]
    assert '"epoch": "2"' in (tmp_path / "index.html").read_text()
    assert killed
    assert not model.exists()
    assert "Resuming after epoch" in succeed("dvc repro train_autoencoder", workspace)
    assert model.read_bytes() == undisturbed["autoencoder"].written["models/autoencoder.keras"]
    assert not list((workspace / "logs/checkpoints").iterdir())
