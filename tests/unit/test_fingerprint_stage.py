"""The stage `fingerprint` in a copy of the project: which files a change of the code changes."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from denoising.files.source_code import NO_CODE, code_hash
from stages._code import PACKAGES
from stages.fingerprint import FOLDER
from tests.support.dag import ROOT
from tests.support.imports import graph
from tests.support.yaml_files import read_yaml

Files = dict[str, str]


@pytest.fixture(scope="module")
def elsewhere(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with a copy of the source files alone."""
    folder = tmp_path_factory.mktemp("elsewhere")
    for package in PACKAGES:
        shutil.copytree(ROOT / package, folder / package, ignore=shutil.ignore_patterns("*.pyc"))
    return folder


def fingerprints(folder: Path) -> Files:
    """Run the stage in a folder; return the texts of its files, by their paths."""
    subprocess.run([sys.executable, "-m", "stages.fingerprint"], cwd=folder, check=True)
    written = folder / FOLDER
    return {
        str(path.relative_to(written)): path.read_text("utf-8") for path in written.rglob("*.txt")
    }


@pytest.fixture(scope="module")
def unchanged(elsewhere: Path) -> Files:
    """Return the fingerprints of the copy."""
    return fingerprints(elsewhere)


def differing(one: Files, other: Files) -> set[str]:
    return {path for path in {*one, *other} if one.get(path) != other.get(path)}


def append(path: Path, text: str) -> None:
    path.write_text(path.read_text("utf-8") + text, encoding="utf-8")


def test_fingerprints_in_another_folder_are_the_same(elsewhere, unchanged, tmp_path):
    moved = tmp_path / "a clone, elsewhere"
    shutil.copytree(elsewhere, moved, ignore=shutil.ignore_patterns("__pycache__", str(FOLDER)))
    assert len(unchanged) > 30
    assert fingerprints(moved) == unchanged


def test_remarks_and_new_networks_change_no_fingerprint(elsewhere, unchanged, tmp_path):
    folder = tmp_path / "remarks"
    shutil.copytree(elsewhere, folder)
    append(folder / "denoising/report/numbers.py", "\n\n# page.css has the colours.\n")
    append(folder / "denoising/training/loop.py", '\n\n"""The end of batches.py."""\n')
    networks = folder / "denoising/networks"
    shutil.copy(networks / "unet.py", networks / "plain.py")
    assert differing(fingerprints(folder), unchanged) == {"networks/plain.txt"}


def test_a_constant_changes_the_fingerprints_of_those_that_use_it(elsewhere, unchanged, tmp_path):
    folder = tmp_path / "changed"
    shutil.copytree(elsewhere, folder)
    append(folder / "denoising/networks/unet.py", "\nMORE = 1\n")
    append(folder / "denoising/plots/figures.py", "\nMORE = 1\n")
    found = differing(fingerprints(folder), unchanged)
    assert {"networks/unet.txt", "evaluate_denoised.txt"} <= found
    assert not [path for path in found if "train" in path or path == "download.txt"]
    assert [path for path in found if path.startswith("networks/")] == ["networks/unet.txt"]


def test_every_module_with_code_is_in_a_folder_that_the_stage_depends_on():
    """Otherwise `dvc repro` would not notice that a fingerprint has changed."""
    watched = read_yaml(ROOT / "dvc.yaml")["stages"]["fingerprint"]["deps"]
    for module in graph().modules:
        path = Path(*module.split("."))
        path = path / "__init__.py" if (ROOT / path).is_dir() else path.with_suffix(".py")
        if code_hash(ROOT / path) != NO_CODE:
            assert [folder for folder in watched if path.is_relative_to(folder)], path
