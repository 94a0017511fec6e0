"""The commands on the page of the command `denoise`, run as they are printed there."""

import re
import shutil

import numpy as np
import pytest
from skimage.io import imread

from tests.support.dag import ROOT
from tests.support.workspace import succeed


@pytest.mark.long
def test_the_commands_on_their_page_work(finished, tmp_path):
    folder = tmp_path / "project"
    shutil.copytree(finished, folder, ignore=shutil.ignore_patterns(".git", "cache"), symlinks=True)
    block = (ROOT / "docs/command.md").read_text()
    commands = re.findall(r"^(python -m denoising .*?) *(?:#.*)?$", block, re.MULTILINE)
    assert len(commands) == 6
    said = [succeed(command, folder) for command in commands]
    assert (folder / "quiet.png").exists()
    assert (folder / "sheet.png").exists()
    assert (folder / "clean/cat.png.noisy.png").exists()
    clean, noisy = imread(folder / "quiet.png"), imread(folder / "examples/pictures/cat.png")
    assert (
        np.abs(np.diff(clean.astype(int), axis=0)).mean()
        < 0.5 * np.abs(np.diff(noisy.astype(int), axis=0)).mean()
    )
    assert re.search(r"cat.png: \d \d+%", said[3])
    assert "trained on" in said[4]
    assert said[5].startswith("denoise ")
