"""The commands of the README and of docs/ are run, in order, in a copy of the project.

A ``sh`` block is run as it stands, except for the lines of `NOT_RUN`. A ``console`` block shows
output and is not run.
"""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.dag import ROOT
from tests.support.workspace import ENVIRONMENT, SOMEBODY

HOURS = "trains for hours, or needs such a training"
NOT_RUN = {
    "make .venv/run": "installs packages from an index",
    "make repro": "installs packages from an index",
    "make test": "runs this test",
    "make verify": "runs the whole pipeline, without the parameters of the tests",
    "python -m tools.portability": "runs the whole pipeline, without the parameters of the tests",
    "python -m tools.tables": "compares kept results with the digits' metrics of the real run",
    "dvc exp run -S dataset=fashion_mnist": "downloads a data set, and trains for an hour",
    "python -m tools.keep_run fashion_mnist": HOURS,
    "dvc repro studies/photographs/dvc.yaml": HOURS,
    "dvc repro studies/published/dvc.yaml": HOURS,
    "dvc repro studies/published/dvc.yaml:evaluate@simple_mnist": HOURS,
    "dvc repro studies/traffic_signs/dvc.yaml": "takes minutes; the pipeline runs the same code",
}
"""Lines without their comments, and why they are not run."""

ELSEWHERE = ("docs/own_data.md", "docs/own_networks.md")
"""Pages whose commands `test_guides.py` runs, with the files that they tell the user to write."""

THOROUGH = ("docs/cluster.md", "docs/dvc.md")
"""Pages that train several times."""


def blocks(page: Path) -> list[str]:
    """Return the ``sh`` blocks of a page."""
    return re.findall(r"^```sh\n(.*?)^```$", page.read_text("utf-8"), re.DOTALL | re.MULTILINE)


def command(line: str) -> str:
    """Return a line without its comment."""
    return re.sub(r"(^|\s+)#.*", "", line).strip()


def scripts(page: Path) -> list[str]:
    """Return the ``sh`` blocks of a page without the lines that are not run."""
    kept = (
        [line for line in text.splitlines() if command(line) not in NOT_RUN]
        for text in blocks(page)
    )
    return ["\n".join(lines) for lines in kept if any(map(command, lines))]


def name(page: Path) -> str:
    return str(page.relative_to(ROOT))


PAGES = [
    page
    for page in (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")))
    if name(page) not in ELSEWHERE
]


def test_lines_that_are_not_run_are_on_a_page():
    lines = {command(line) for page in PAGES for text in blocks(page) for line in text.splitlines()}
    assert set(NOT_RUN) - lines == set()


@pytest.fixture
def project(finished: Path, tmp_path: Path) -> Path:
    """Return a copy of the finished tiny pipeline, with the tests' environment as its own."""
    folder = tmp_path / "project"
    shutil.copytree(finished, folder, symlinks=True)
    (folder / ".venv").symlink_to(sys.prefix)
    (folder / ".git/info/exclude").write_text(".venv\n")
    return folder


@pytest.mark.long
@pytest.mark.parametrize(
    "page",
    [
        pytest.param(
            page, marks=pytest.mark.thorough if name(page) in THOROUGH else (), id=name(page)
        )
        for page in PAGES
        if scripts(page)
    ],
)
def test_the_commands_of_a_page_work(page: Path, project: Path, tmp_path: Path):
    home = tmp_path / "home"
    home.mkdir()
    for script in scripts(page):
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", script],
            cwd=project,
            env=ENVIRONMENT | SOMEBODY | {"HOME": str(home)},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, f"{script}\n{done.stdout}{done.stderr}"
        assert "Traceback" not in done.stderr
