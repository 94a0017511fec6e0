"""Runs of the pipeline that are kept in Git."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.workspace import changed_params, run, succeed


@pytest.fixture
def kept(copy) -> Iterator[Path]:
    """Return the folder of a kept run, in which a metric of an earlier one is left."""
    folder = copy / "results/tiny"
    (folder / "metrics").mkdir(parents=True)
    (folder / "metrics/earlier.json").write_text("{}")
    (folder / "dvc.lock").touch()
    yield folder
    shutil.rmtree(folder)


def files(root: Path) -> dict[str, bytes]:
    """Return the content of the metrics, plots and report of a run."""
    return {
        str(path.relative_to(root)): path.read_bytes()
        for folder in ("metrics", "plots", "report")
        for path in (root / folder).rglob("*.*")
        if path.is_file() and path.name != ".gitignore"
    }


def test_a_run_is_kept_with_its_metrics_tables_pictures_and_report(copy, kept):
    succeed("python -m tools.keep_run tiny", copy)
    assert files(kept) == files(copy)
    assert "report/index.html" in files(kept)
    for name in ("params.yaml", "dvc.lock"):
        assert (kept / name).read_bytes() == (copy / name).read_bytes()


def test_a_run_of_other_parameters_is_not_kept(copy, kept):
    def change(values):
        values["noise"]["level"] = 0.3

    with changed_params(copy, change):
        done = run("python -m tools.keep_run tiny", copy)
    assert done.returncode == 1
    assert "does not match the code and parameters here, in add_noise" in done.stderr
    assert "Run `dvc repro dvc.yaml` first." in done.stderr
    assert (kept / "metrics/earlier.json").exists()
