"""The wheel, installed from the package index into an empty environment of each Python."""

import json
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests.support.dag import ROOT
from tests.support.interpreters import VERSIONS, interpreter
from tests.support.workspace import fresh_copy, succeed

pytestmark = pytest.mark.long

PIPELINE = {"dvc", "keras", "matplotlib", "onnx", "pandas", "scikit-learn", "tensorflow"}
TOOLS = "pytest pytest-xdist hypothesis ruamel.yaml"
TESTS = [
    f"tests/unit/test_{name}.py"
    for name in ("api", "command_start", "many_pictures", "noise", "pictures", "scaling")
]
"""Tests of what the command and the API use; they need `TOOLS` besides the package."""

PROGRAM = """
import numpy as np
from denoising import add_noise, denoise
clean = np.full((40, 30, 3), 128, np.uint8)
restored = denoise(add_noise(clean, 0.1))
print(restored.shape, restored.dtype, np.abs(restored.astype(int) - clean).mean() < 8)
"""


@pytest.fixture(scope="module")
def project(tmp_path_factory) -> Path:
    """Return a copy of the project with a wheel in `dist/`."""
    folder = tmp_path_factory.mktemp("project")
    fresh_copy(folder)
    succeed("uv build --quiet --wheel --out-dir dist", folder)
    return folder


@pytest.fixture(scope="module", params=VERSIONS)
def python(request, project, tmp_path_factory) -> Path:
    """Return the Python of an environment in which the wheel alone is installed."""
    folder = tmp_path_factory.mktemp("environment") / "venv"
    succeed(f"uv venv --quiet --python {interpreter(request.param)} {folder}", project)
    [wheel] = project.glob("dist/*.whl")
    succeed(f"uv pip install --quiet --python {folder} {wheel}", project)
    return folder / "bin/python"


def test_the_installed_package_denoises_without_the_packages_of_the_pipeline(python, tmp_path):
    listed = json.loads(succeed(f"uv pip list --quiet --format json --python {python}", tmp_path))
    names = {package["name"] for package in listed}
    assert {"denoising", "onnxruntime"} <= names
    assert names & PIPELINE == set()

    command = python.with_name("denoise")
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    assert succeed(f"{command} --version", tmp_path) == f"denoise {version}\n"
    picture = ROOT / "examples/pictures/cat.png"
    succeed(f"{command} image {picture} -o quiet.png", tmp_path)
    assert (tmp_path / "quiet.png").stat().st_size < picture.stat().st_size

    done = subprocess.run([python, "-c", PROGRAM], cwd=tmp_path, capture_output=True, text=True)
    assert done.stdout == "(40, 30, 3) uint8 True\n", done.stderr


@pytest.mark.parametrize(
    "python",
    [pytest.param(one, marks=[] if one == "3.13" else pytest.mark.thorough) for one in VERSIONS],
    indirect=True,
)
def test_the_tests_of_the_command_and_the_functions_pass(python, project):
    """In CI, on the Python that is furthest from that of all other tests."""
    succeed(f"uv pip install --quiet --python {python} {TOOLS}", project)
    printed = succeed(f"{python} -m pytest {' '.join(TESTS)} -vp no:cacheprovider", project)
    assert all(name in printed for name in TESTS)


def test_the_wheel_has_the_model_to_run_but_not_the_one_to_train_further(project):
    [wheel] = project.glob("dist/*.whl")
    names = subprocess.run(
        [sys.executable, "-m", "zipfile", "--list", wheel], capture_output=True, text=True
    ).stdout
    assert "denoising/inference/photos.onnx" in names
    assert "denoising/noise/detection.json" in names
    assert "denoising/py.typed" in names
    assert "photos.keras" not in names
