"""Only trainings import Keras: no other stage, and no command, waits for it."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.dag import ROOT
from tests.support.imports import graph

TRAININGS = {
    *("train_autoencoder", "train_classifier", "train_joint", "train_recipe"),
    *("train", "train_arm", "train_control"),
}
STAGE_MODULES = [
    ".".join(path.relative_to(ROOT).with_suffix("").parts)
    for folder in ("stages", "studies/*/stages")
    for path in sorted(ROOT.glob(f"{folder}/[a-z]*.py"))
    if path.stem not in TRAININGS
]
COMMANDS = [
    *(f"denoising.cli.{name}" for name in ("main", "image", "classify", "info")),
    "tools.summary",
]


def test_only_trainings_import_keras_or_tensorflow():
    program = (
        "import importlib, sys\n"
        "for name in sys.argv[1:]:\n"
        "    importlib.import_module(name)\n"
        "    found = {'keras', 'tensorflow', 'onnx'} & set(sys.modules)\n"
        "    if found: sys.exit(f'{name} imports {found}')"
    )
    command = [sys.executable, "-c", program, *STAGE_MODULES, *COMMANDS]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("module", STAGE_MODULES)
def test_no_function_of_another_stage_imports_keras(module):
    """`make_deterministic` does, which only trainings call."""
    keras = re.compile(r"^ *(import|from) (keras|tensorflow|onnx)\b|make_deterministic\(", re.M)
    used = graph().find_upstream_modules(module) | {module}
    paths = [(ROOT / Path(*name.split("."))).with_suffix(".py") for name in used]
    users = {path.name for path in paths if path.is_file() and keras.search(path.read_text())}
    assert users <= {"seeding.py"}
