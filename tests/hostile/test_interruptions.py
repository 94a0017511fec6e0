"""Stages that are interrupted while they start, write, train or measure."""

import signal
import sys
from pathlib import Path

import pytest

from tests.support.runs import everything, python
from tests.support.workspace import changed_params, run, succeed

CODES = {signal.SIGINT: (130, "was interrupted"), signal.SIGTERM: (143, "was terminated")}
by_name = {"argnames": "number", "argvalues": CODES, "ids": lambda number: number.name}

# The functions in which a stage is interrupted: they write or measure.
MOMENTS = {
    "download": ("denoising.files.arrays", "_reserve"),
    "add_noise": ("denoising.noise.apply", "add_noise"),
    "run_detector": ("matplotlib.figure", "Figure.savefig"),
    "compute_roc": ("pandas", "DataFrame.to_csv"),
}
TRAININGS = ("train_classifier noisy", "train_autoencoder", "train_joint")
EVALUATIONS = (
    "evaluate_classifier",
    "evaluate_denoised",
    "evaluate_joint",
    "calibrate",
    "evaluate_calibration",
    "evaluate_classical",
    "evaluate_reference",
    "sweep",
    "report",
)
INTERRUPTED = """
import functools, importlib, os, runpy, sys
sys.path.insert(0, "")
import stages
*path, name = {function!r}.split(".")
place = functools.reduce(getattr, path, importlib.import_module({module!r}))
known, calls = getattr(place, name), []
def interrupted(*arguments, **options):
    calls.append(1)
    if len(calls) == {call}:
        os.kill(os.getpid(), {number})
    return known(*arguments, **options)
setattr(place, name, interrupted)
sys.argv = {argv!r}
runpy.run_module("stages." + sys.argv[0], run_name="__main__", alter_sys=True)
"""


@pytest.fixture(autouse=True)
def interruptible():
    """Handle SIGINT, so that child processes do too.

    A shell starts background processes with SIGINT ignored, and children inherit that.
    """
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def interrupt(
    stage: str, module: str, function: str, number: signal.Signals, folder: Path, call: int = 1
) -> None:
    """Interrupt a stage when it calls a function; check that it leaves no new file."""
    before = set(everything(folder))
    program = INTERRUPTED.format(
        module=module, function=function, call=call, number=int(number), argv=stage.split()
    )
    done = python(["-c", program], folder)
    code, word = CODES[number]
    assert done.returncode == code, done.stdout + done.stderr
    [message] = [line for line in done.stderr.splitlines() if line.startswith("error: ")]
    assert message.startswith(f"error: {stage.replace(' ', '@')} {word}.")
    assert "Traceback" not in done.stderr
    assert set(everything(folder)) == before


@pytest.mark.parametrize(**by_name)
@pytest.mark.parametrize("stage", MOMENTS)
def test_an_interrupted_stage_leaves_no_half_written_file(stage, number, workspace):
    before = everything(workspace)
    interrupt(stage, *MOMENTS[stage], number, workspace)
    assert everything(workspace) == before


@pytest.mark.long
@pytest.mark.thorough
@pytest.mark.parametrize(**by_name)
@pytest.mark.parametrize("stage", EVALUATIONS)
def test_an_interrupted_evaluation_leaves_no_half_written_file(stage, number, workspace):
    interrupt(stage, "denoising.inference.engine", "Network.run", number, workspace)


@pytest.mark.long
@pytest.mark.thorough
@pytest.mark.parametrize(**by_name)
@pytest.mark.parametrize("stage", TRAININGS)
def test_an_interrupted_training_keeps_its_checkpoint(stage, number, workspace):
    checkpoints = workspace / "logs/checkpoints"

    def longer(values):
        for kind in ("classifier", "autoencoder", "joint"):
            values["datasets"]["digits"]["training"][kind] = {"epochs": 3, "batch_size": 32}

    with changed_params(workspace, longer):
        interrupt(stage, "numpy", "savez", number, workspace, call=2)
        assert [path.suffix for path in checkpoints.iterdir()] == [".npz"]
        printed = succeed(f"{sys.executable} -m stages.{stage}", workspace)
    assert "Resuming after epoch 1" in printed
    assert not list(checkpoints.iterdir())


@pytest.mark.parametrize(**by_name)
@pytest.mark.parametrize(
    "started",
    [
        "-m stages.download",
        "-u -m stages.download",
        "-u -m stages.train_recipe published simple_mnist",
        "-m studies.photographs.stages.train",
        "-m studies.noise_levels.stages.measure",
    ],
)
def test_a_stage_interrupted_while_it_starts_reports_it(started, number, workspace, tmp_path):
    (tmp_path / "pydantic.py").write_text(f"import os; os.kill(os.getpid(), {int(number)})")
    done = run(f"{sys.executable} {started}", workspace, PYTHONPATH=str(tmp_path))
    code, word = CODES[number]
    assert done.returncode == code
    said = f"error: {word.removeprefix('was ')} before anything was written.\n"
    assert done.stderr.endswith(said)
    assert "Traceback" not in done.stderr
