"""Fixtures of the tests that run stages in a copy of the project."""

import shutil
from pathlib import Path

import pytest


@pytest.fixture(scope="module")
def workspace(finished, tmp_path_factory) -> Path:
    """Return a copy of the finished tiny pipeline."""
    folder = tmp_path_factory.mktemp("hostile") / "project"
    shutil.copytree(finished, folder, symlinks=True)
    return folder
