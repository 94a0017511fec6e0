"""Runs that are interrupted, start in a wrong place, or meet files that do not belong there."""

import ctypes
import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.workspace import ENVIRONMENT, changed_params, run, succeed

CODES = {signal.SIGINT: (130, "was interrupted"), signal.SIGTERM: (143, "was asked to end")}
by_name = {"argnames": "number", "argvalues": CODES, "ids": lambda number: number.name}

# What a stage calls in the middle of writing or measuring: where it is interrupted.
MOMENTS = {
    "download": ("denoising.artifacts", "_reserve"),
    "add_noise": ("denoising.noise", "add_noise"),
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


def everything(folder: Path) -> dict[str, bytes]:
    """Return all files but those of Python, Git, DVC and the logs."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and not {"__pycache__", ".git", ".dvc", "logs"} & set(path.parts)
    }


@pytest.fixture(scope="module")
def workspace(copy, tmp_path_factory) -> Path:
    """Return a copy of the finished tiny pipeline."""
    folder = tmp_path_factory.mktemp("hostile") / "project"
    shutil.copytree(copy, folder, symlinks=True)
    return folder


@pytest.fixture(autouse=True)
def interruptible():
    """Let processes be interrupted, also where the tests run in the background, which may not be.

    What is ignored here would be ignored by every process that is started.
    """
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def python(arguments: list[str], folder: Path, **how) -> subprocess.CompletedProcess:
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=folder,
        env=ENVIRONMENT | how.pop("variables", {}),
        capture_output=True,
        text=True,
        **how,
    )


def fails(done: subprocess.CompletedProcess, message: str) -> None:
    """Check that a stage ended with one message and no traceback."""
    assert done.returncode == 1, done.stdout + done.stderr
    assert message in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stderr.count("error: ") == 1


def refuses(stage: str, folder: Path, message: str, **variables) -> None:
    """Run a stage that has to end with one message, and to leave everything as it was."""
    before = everything(folder)
    fails(run(f"{sys.executable} -m stages.{stage}", folder, **variables), message)
    assert everything(folder) == before


def interrupt(
    stage: str, module: str, function: str, number: signal.Signals, folder: Path, call: int = 1
) -> None:
    """Run a stage that is interrupted at a call of a function: one line, and nothing half-written.

    Other files than before there may not be, and what is there is whole.
    """
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
def test_a_stage_that_is_interrupted_leaves_nothing_half_written(stage, number, workspace):
    before = everything(workspace)
    interrupt(stage, *MOMENTS[stage], number, workspace)
    assert everything(workspace) == before


@pytest.mark.long
@pytest.mark.thorough
@pytest.mark.parametrize(**by_name)
@pytest.mark.parametrize("stage", EVALUATIONS)
def test_an_evaluation_that_is_interrupted_leaves_nothing_half_written(stage, number, workspace):
    interrupt(stage, "keras", "Model.predict_on_batch", number, workspace)


@pytest.mark.long
@pytest.mark.thorough
@pytest.mark.parametrize(**by_name)
@pytest.mark.parametrize("stage", TRAININGS)
def test_a_training_that_is_interrupted_keeps_its_checkpoint(stage, number, workspace):
    checkpoints = workspace / "logs/checkpoints"

    def longer(values):
        for kind in ("classifier", "autoencoder", "joint"):
            values["datasets"]["digits"]["training"][kind] = {"epochs": 3, "batch_size": 32}

    with changed_params(workspace, longer):
        interrupt(stage, "numpy", "savez", number, workspace, call=2)
        assert [path.suffix for path in checkpoints.iterdir()] == [".npz"]
        printed = succeed(f"{sys.executable} -m stages.{stage}", workspace)
    assert "Going on after epoch 1" in printed
    assert not list(checkpoints.iterdir())


@pytest.mark.parametrize(**by_name)
@pytest.mark.parametrize(
    "started",
    [
        "-m stages.download",
        "-u -m stages.download",
        "-u -m recipes.train",
        "-m recipes.photos.train",
        "-m studies.levels.measure",
    ],
)
def test_a_stage_that_is_interrupted_while_it_starts_says_so(started, number, workspace, tmp_path):
    (tmp_path / "yaml.py").write_text(f"import os; os.kill(os.getpid(), {int(number)})")
    done = run(f"{sys.executable} {started}", workspace, PYTHONPATH=str(tmp_path))
    assert done.returncode == CODES[number][0]
    assert done.stderr.endswith("error: interrupted before anything was written.\n")
    assert "Traceback" not in done.stderr


def test_a_stage_without_its_environment_names_the_command(workspace):
    done = python(["-S", "-m", "stages.download"], workspace)
    fails(done, "error: Expected the package numpy in the environment of")
    assert "`source .venv/bin/activate`" in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_a_stage_in_another_folder_says_where_to_run_it_and_leaves_nothing(workspace, tmp_path):
    done = run(f"{sys.executable} -m stages.download", tmp_path, PYTHONPATH=str(workspace))
    fails(done, "error: Expected the parameters in params.yaml")
    assert "Run it in the repository's root" in done.stderr
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("stage", ["download", "train_autoencoder", "sweep"])
def test_the_file_of_a_stage_says_how_the_stage_is_run(stage, workspace, tmp_path):
    file = workspace / "stages" / f"{stage}.py"
    for folder, given in ((workspace, f"stages/{stage}.py"), (tmp_path, str(file))):
        done = run(f"{sys.executable} {given}", folder)
        fails(done, f"error: Expected `python -m stages.{stage}`, in {workspace}.")
    assert not list(tmp_path.iterdir())
    done = run(f"{sys.executable} stages/running.py", workspace)
    fails(done, f"error: Expected `python -m stages.NAME`, in {workspace}.")


@pytest.mark.parametrize("value", ["raw", "/nowhere/at/all", __file__])
def test_a_raw_folder_that_is_none_ends_a_stage_with_a_message(value, workspace):
    with changed_params(workspace, lambda values: values.update(dataset="mnist")):
        refuses("download", workspace, "DENOISE_RAW_DIR. Received", DENOISE_RAW_DIR=value)


@pytest.fixture
def spoil(workspace):
    """Return a function that replaces a file of the workspace, for as long as the test lasts."""
    kept = {}

    def replace(name: str, content: bytes | None) -> None:
        path = workspace / name
        kept[path] = path.read_bytes()
        path.unlink()  # DVC may have linked it
        if content is not None:
            path.write_bytes(content)

    yield replace
    for path, content in kept.items():
        path.unlink(missing_ok=True)
        path.write_bytes(content)


def test_data_of_another_data_set_are_not_used(workspace):
    with changed_params(workspace, lambda values: values.update(dataset="fashion_mnist")):
        refuses("add_noise", workspace, "images of fashion_mnist, as `dataset`")


def fewer_labels() -> bytes:
    header = {"descr": "<i8", "fortran_order": False, "shape": (3,)}
    content = f"{header}".ljust(117) + "\n"
    return b"\x93NUMPY\x01\x00" + len(content).to_bytes(2, "little") + content.encode() + bytes(24)


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("images.npy", None, "which an earlier stage writes"),
        ("images.npy", b"", "Delete the file; `dvc checkout` or `dvc repro`"),
        ("images.npy", b"\x93NUMPY\x01\x00 cut", "Delete the file"),
        ("labels.npy", fewer_labels(), "arrays that belong together"),
        ("dataset.json", b"{", "Delete the file"),
        ("dataset.json", b'{"dataset": "mnist"}', "Received: images of mnist"),
    ],
    ids=range(6),
)
def test_earlier_outputs_that_are_broken_or_stale_are_told_of(
    name, content, message, workspace, spoil
):
    spoil(f"data/clean/validation/{name}", content)
    refuses("add_noise", workspace, message)


def without_rights() -> None:
    """Take from root, in a child, the right to write and read everywhere."""
    drop_from_bounding_set = 24
    for right in (1, 2):  # CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH
        ctypes.CDLL(None).prctl(drop_from_bounding_set, right, 0, 0, 0)


@pytest.mark.skipif(sys.platform != "linux", reason="root's rights are taken away as Linux does it")
@pytest.mark.parametrize(
    ("stage", "path", "mode"),
    [("compute_roc", "metrics", 0o555), ("add_noise", "data/clean/validation/images.npy", 0o000)],
)
def test_what_may_not_be_written_or_read_is_named(stage, path, mode, workspace):
    before, known = everything(workspace), (workspace / path).stat().st_mode
    (workspace / path).chmod(mode)
    try:
        done = python(["-m", f"stages.{stage}"], workspace, preexec_fn=without_rights)
    finally:
        (workspace / path).chmod(known)
    fails(done, f"error: Expected to be able to use {path}")
    assert "Permission denied" in done.stderr
    assert everything(workspace) == before


def test_a_file_in_place_of_a_folder_is_named(workspace):
    plots, kept = workspace / "plots/detector", workspace / "plots/kept"
    plots.rename(kept)
    plots.write_text("mine")
    try:
        refuses("compute_roc", workspace, "error: Expected to be able to use plots/detector")
    finally:
        plots.unlink()
        kept.rename(plots)


def test_too_little_memory_ends_a_stage_with_a_message(workspace):
    program = (
        "import stages, runpy, denoising.noise as noise\n"
        "def none(*arguments): raise MemoryError('Unable to allocate 9 TiB')\n"
        "noise.add_noise = none\n"
        "runpy.run_module('stages.add_noise', run_name='__main__', alter_sys=True)"
    )
    done = python(["-c", program], workspace)
    fails(done, "error: Expected enough memory for add_noise. Received: Unable to allocate 9 TiB")
    assert not list(workspace.rglob("*partial*"))


def test_a_users_settings_of_keras_change_nothing(workspace, tmp_path):
    settings = {"floatx": "float16", "image_data_format": "channels_first", "backend": "jax"}
    (tmp_path / "keras.json").write_text(json.dumps(settings))
    program = (
        "import stages, keras\nfrom denoising.seeding import make_deterministic\n"
        "make_deterministic(0, stages.THREADS)\n"
        "print(keras.backend.backend(), keras.config.floatx(), keras.config.image_data_format())"
    )
    variables = {"KERAS_HOME": str(tmp_path), "KERAS_BACKEND": "torch"}
    done = python(["-c", program], workspace, variables=variables)
    assert done.stdout.split() == ["tensorflow", "float32", "channels_last"], done.stderr


def test_no_output_holds_the_folder_or_the_machine_that_computed_it(copy):
    names = [name.encode() for name in (str(copy), os.uname().nodename) if len(name) > 4]
    outputs = {
        name: content
        for name, content in everything(copy).items()
        if name.partition("/")[0] in ("data", "metrics", "models", "plots", "report", "dvc.lock")
    }
    assert len(outputs) > 40
    for name, content in outputs.items():
        assert not [one for one in names if one in content], name
