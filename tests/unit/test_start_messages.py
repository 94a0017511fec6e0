"""TensorFlow's messages while a stage starts: held back, unless TensorFlow fails to start.

A package of the same name stands in for TensorFlow.
"""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from denoising.files.stderr import held_back, terminal
from tests.support.dag import ROOT
from tests.support.yaml_files import read_yaml, write_yaml

LOUD = """
import os
os.write(2, b"WARNING: All log messages before absl::InitializeLog() is called\\n")
"""
KILLED = "import signal; os.kill(os.getpid(), signal.SIGTERM)"


def start(folder: Path, text: str, *command: str) -> subprocess.CompletedProcess:
    """Run Python with a module `tensorflow` of this text."""
    (folder / "tensorflow.py").write_text(text)
    return subprocess.run(
        [sys.executable, *command],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(folder)},
        capture_output=True,
        text=True,
    )


IMPORT = "import stages, tensorflow, sys; print('later', file=sys.stderr); print(tensorflow.os)"


def test_a_start_that_succeeds_is_quiet(tmp_path):
    done = start(tmp_path, LOUD, "-c", IMPORT)
    assert done.returncode == 0
    assert done.stderr == "later\n"


def test_a_start_that_fails_shows_the_messages(tmp_path):
    done = start(tmp_path, f"{LOUD}raise ImportError('no AVX')", "-c", IMPORT)
    assert done.returncode == 1
    assert done.stderr.startswith("WARNING: All log messages before absl::InitializeLog()")
    assert "ImportError: no AVX" in done.stderr


def test_an_interrupt_while_tensorflow_starts_is_reported(tmp_path):
    done = start(tmp_path, f"{LOUD}{KILLED}", "-m", "stages.train_autoencoder")
    assert done.returncode == 128 + signal.SIGTERM
    assert done.stderr == "error: terminated before anything was written.\n"


@pytest.mark.parametrize("stage", ["train_classifier clean", "train_joint"])
def test_a_stage_without_classes_to_learn_is_refused_before_tensorflow_starts(tmp_path, stage):
    params = read_yaml(ROOT / "params.yaml")
    source = {"format": "folder", "height": 28, "width": 28, "channels": 1, "validation": 9}
    params["datasets"][params["dataset"]]["source"] = source | {"classes": [], "test": 9}
    write_yaml(tmp_path / "params.yaml", params)
    for name in ("keras", "tensorflow"):
        (tmp_path / f"{name}.py").write_text("print('started')")
    done = subprocess.run(
        [sys.executable, "-m", *f"stages.{stage}".split()],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": f"{tmp_path}{os.pathsep}{ROOT}"},
        capture_output=True,
        text=True,
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith(
        f"error: The data set {params['dataset']} has no classes to learn"
    )


def test_tensorflow_starts_without_packages_that_it_can_do_without(tmp_path):
    tries = "try: import pandas\nexcept ImportError as error: print(error)"
    program = "import stages, tensorflow, pandas; print(pandas.__name__)"
    done = start(tmp_path, tries, "-c", program)
    assert done.stdout.splitlines() == ["No module named 'pandas'", "pandas"], done.stderr


def fail(message: bytes) -> None:
    with held_back():
        os.write(2, message)
        raise KeyError


def test_messages_are_held_back_within_each_other(capfd):
    with held_back():
        os.write(2, b"outer ")
        with pytest.raises(KeyError):
            fail(b"inner ")
    assert terminal() == 2
    os.write(2, b"after")
    assert capfd.readouterr().err == "after"


def test_the_messages_of_a_block_that_fails_are_shown(capfd):
    with pytest.raises(KeyError):
        fail(b"reason")
    assert capfd.readouterr().err == "reason"
