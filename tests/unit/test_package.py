"""The installed package, and the checks of a change."""

import tomllib

from tests.support.dag import ROOT
from tests.support.yaml_files import read_yaml


def test_the_installed_command_and_the_model_are_in_the_package():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    assert project["project"]["scripts"] == {"denoise": "denoising.cli.main:main"}
    data = project["tool"]["setuptools"]["package-data"]["denoising.inference"]
    assert data == ["*.onnx"]


def test_the_workflow_runs_the_checks_of_ci():
    [job] = read_yaml(ROOT / ".github/workflows/pipeline.yml")["jobs"].values()
    commands = [step["run"] for step in job["steps"] if "run" in step]
    assert ".ci/run" in commands
    assert not [line for line in commands if "make lint" in line or "make test" in line]
