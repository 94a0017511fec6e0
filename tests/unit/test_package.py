"""The installed package."""

import tomllib

from tests.support.dag import ROOT


def test_the_installed_command_and_the_model_are_in_the_package():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    assert project["project"]["scripts"] == {"denoise": "denoising.cli.main:main"}
    assert "*.keras" in project["tool"]["setuptools"]["package-data"]["denoising.inference"]
