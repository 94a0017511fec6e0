"""The start of the command: help, version and refusals of names import nothing slow."""

import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from denoising.inference.shipped import PHOTOS
from tests.support.dag import ROOT
from tests.support.folders import random_pixels, saved

VERSION = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
SLOW = {"numpy", "pyvips", "pydantic", "onnxruntime"}
SLOWER = {"scipy", "skimage", "sklearn", "pandas", "matplotlib", "tqdm", "keras", "tensorflow"}
PROGRAM = """
import sys
from denoising.cli.main import main
try:
    code = main(sys.argv[1:])
except SystemExit as end:
    code = end.code
sys.exit(f"{code or 0} " + " ".join(sorted(sys.modules)))
"""


def start(folder: Path, command: str) -> tuple[int, str, set[str]]:
    """Run the command; return its exit code, all that it printed and the imported modules."""
    program = [sys.executable, "-c", PROGRAM, *command.split()]
    variables = os.environ | {"PYTHONPATH": str(ROOT)}
    done = subprocess.run(program, cwd=folder, env=variables, capture_output=True, text=True)
    said, _, last = done.stderr.rstrip().rpartition("\n")
    code, *modules = last.split()
    return int(code), done.stdout + said, {module.partition(".")[0] for module in modules}


@pytest.fixture
def folder(tmp_path) -> Path:
    """Return a folder with pictures, a finished output, and files that are none."""
    for name in ("a.png", "more/a.png", "out.png", "b.png.noisy.png"):
        saved(tmp_path / name, random_pixels(20, 30, 3))
    (tmp_path / "empty.png").touch()
    (tmp_path / "words").touch()
    (tmp_path / "b.txt").touch()
    (tmp_path / "nothing").mkdir()
    return tmp_path


@pytest.mark.parametrize(
    ("command", "code", "expected"),
    [
        ("--help", 0, "denoise image holiday.jpg -o quiet.jpg"),
        ("--help", 0, "classify pictures"),
        ("--help", 0, "show the training data of a model"),
        ("--version", 0, f"denoise {VERSION}"),
        ("image --help", 0, "--add-noise"),
        ("image", 2, "required: IN, -o/--output"),
        ("image mistyped.png -o c.png", 1, "Cannot read mistyped.png: No such file"),
        ("image empty.png -o c.png", 1, "the file is empty"),
        ("image nothing -o clean", 1, "There are no pictures"),
        ("image a.png -o c.png --model nothing.onnx", 1, "There is no model at nothing.onnx"),
        ("image a.png -o out.png", 1, "out.png already exists. Overwrite it with --force."),
        ("image a.png -o b.png --add-noise 0.1", 1, "b.png.noisy.png already exists."),
        ("image a.png -o c.psd", 1, "Cannot write c.psd: unknown format."),
        ("image a.png -o c.gif", 1, "Cannot write c.gif: .gif is read, but not written."),
        ("image a.png -o c.png --white 0", 2, "argument --white: Expected a number above 0"),
        ("image a.png -o c.png --level 1.5", 2, "argument --level: Expected a number from 0"),
        ("image a.png -o c.png --jobs 0", 2, "argument --jobs: Expected a whole number from 1"),
        ("image a.png -o c.png --part 4/3", 2, "argument --part: Expected I/N, from 1/N to N/N"),
        ("image a.png -o c.png --part 0/3", 2, "Received: 0/3"),
        ("image a.png -o c.png --part 2", 2, "Received: 2"),
        ("image a.png -o c.png --force --skip-existing", 2, "not allowed with argument --force"),
        ("image a.png -o c.png --engine spark", 2, "argument --engine: invalid choice: 'spark'"),
        (
            "image a.png -o out.png --skip-existing",
            0,
            "Skipped: 1, whose outputs exist.",
        ),
        ("image a.png more/a.png -o clean", 1, "would both be written to clean/a.png"),
        ("image a.png -o words", 1, "words is a file. Give a folder, or a name that ends in .png"),
        ("image a.png -o b.txt/c.png", 1, "Cannot write b.txt/c.png: b.txt is a file."),
        ("image more -o b.txt/c/d", 1, "Cannot write b.txt/c/d/a.png: b.txt is a file."),
        ("image a.png more -o c.png", 1, "Give a folder for more than one picture."),
        ("classify mistyped.png --model a.png", 1, "Cannot read mistyped.png"),
        ("classify a.png --model nothing.onnx", 1, "There is no model at nothing.onnx"),
        ("info nothing.onnx", 1, "There is no model at nothing.onnx"),
    ],
)
def test_help_version_and_wrong_names_are_answered_at_once(folder, command, code, expected):
    before = sorted(folder.rglob("*"))
    found, said, modules = start(folder, command)
    assert found == code
    assert expected in said
    assert not (SLOW | SLOWER) & modules
    assert sorted(folder.rglob("*")) == before


@pytest.mark.parametrize(
    ("command", "code", "expected"),
    [
        ("info", 0, "trained on"),
        ("image a.png -o c.png --level 0.9", 1, "was trained on levels up to 0.2"),
        ("image a.png -o c.png", 0, "a.png -> c.png (noise "),
        ("image a.png -o c.png --add-noise 0.1", 0, "a.png -> c.png (noise "),
    ],
)
def test_the_shipped_model_runs_without_what_it_does_not_need(folder, command, code, expected):
    found, said, modules = start(folder, command)
    assert found == code
    assert expected in said
    assert not SLOWER & modules


def test_the_command_starts_in_a_clone_without_any_package():
    command = [sys.executable, "-S", "-m", "denoising", "--version"]
    assert subprocess.check_output(command, cwd=ROOT, text=True) == f"denoise {VERSION}\n"


def test_an_installed_package_has_the_version_of_its_metadata(tmp_path):
    (tmp_path / "denoising-7.8.9.dist-info").mkdir()
    metadata = tmp_path / "denoising-7.8.9.dist-info/METADATA"
    metadata.write_text("Metadata-Version: 2.1\nName: denoising\nVersion: 7.8.9\n")
    skipped = shutil.ignore_patterns("__pycache__", PHOTOS.name, "*.keras")
    shutil.copytree(ROOT / "denoising", tmp_path / "denoising", ignore=skipped)
    command = [sys.executable, "-S", "-m", "denoising", "--version"]
    assert subprocess.check_output(command, cwd=tmp_path, text=True) == "denoise 7.8.9\n"


def test_the_command_leaves_nothing_in_the_users_home(tmp_path, folder):
    """Some versions of ONNX Runtime keep a database of what they report to their makers."""
    home = tmp_path / "home"
    home.mkdir()
    places = {name: str(home) for name in ("HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME")}
    command = [sys.executable, "-m", "denoising", "image", "a.png", "-o", "b.png"]
    variables = os.environ | {"PYTHONPATH": str(ROOT)} | places
    subprocess.run(command, cwd=folder, env=variables, capture_output=True, check=True)
    assert (folder / "b.png").exists()
    assert [*home.rglob("*")] == []
