"""The notebook `docs/tour.ipynb`, run without Jupyter: its code cells, in order."""

import json
import shutil
from pathlib import Path
from typing import Any

import matplotlib.pyplot as plt
import pytest

from denoising.files.errors import UserError
from tests.support.dag import ROOT

TOUR = ROOT / "docs/tour.ipynb"
CELLS: list[dict[str, Any]] = json.loads(TOUR.read_text("utf-8"))["cells"]
CODE = [cell for cell in CELLS if cell["cell_type"] == "code"]
LARGEST = 400_000  # bytes


def saved(kind: str) -> list[Any]:
    """Return the outputs of a MIME type, or the texts that were printed, in the file."""
    outputs = [output for cell in CODE for output in cell["outputs"]]
    if kind == "stream":
        return ["".join(output["text"]) for output in outputs if output["output_type"] == kind]
    return [output for output in outputs if kind in output.get("data", {})]


def follow(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run the cells in `folder`, the root of a copy of the project."""
    (folder / "docs").mkdir(exist_ok=True)
    monkeypatch.chdir(folder / "docs")
    namespace: dict[str, Any] = {}
    for cell in CODE:
        exec("".join(cell["source"]), namespace)


@pytest.fixture(autouse=True)
def figures():
    """Return a function that counts the figures drawn in a test; close them after it."""
    plt.close("all")
    yield lambda: len(plt.get_fignums())
    plt.close("all")


def test_the_notebook_is_small_and_was_run_from_top_to_bottom():
    assert TOUR.stat().st_size <= LARGEST
    assert [cell["execution_count"] for cell in CODE] == [*range(1, len(CODE) + 1)]
    types = {output["output_type"] for cell in CODE for output in cell["outputs"]}
    assert types == {"stream", "display_data"}
    assert len(saved("image/png")) == 6


def test_without_models_it_prints_what_was_saved_and_ends_with_the_command_to_run(
    tmp_path, monkeypatch, capsys, figures
):
    shutil.copytree(ROOT / "examples", tmp_path / "examples")
    with pytest.raises(UserError, match=r"no model at .*autoencoder\.onnx.*dvc repro"):
        follow(tmp_path, monkeypatch)
    *photograph, _ = saved("stream")
    assert capsys.readouterr().out == "".join(photograph)
    assert figures() == 3


def test_after_a_run_it_opens_the_models_and_draws_every_figure(copy, monkeypatch, capsys, figures):
    follow(copy, monkeypatch)
    assert figures() == len(saved("image/png"))
    assert "digits: trained on gaussian noise up to 0.2" in capsys.readouterr().out
