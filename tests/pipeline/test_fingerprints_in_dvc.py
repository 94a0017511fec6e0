"""DVC follows code by its fingerprints: a change runs only the stages that it concerns."""

import contextlib
import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from denoising.config.yaml_reader import load
from tests.support.workspace import run, succeed
from tests.support.yaml_files import read_yaml

pytestmark = pytest.mark.long

AUTOENCODER, SIMILAR = "residual_unet", "photo_unet"  # both take the options of the tiny pipeline
COMMENTED = (
    "denoising/config/params.py",
    "denoising/files/models.py",
    f"denoising/networks/{AUTOENCODER}.py",
    "denoising/report/page.py",
    "stages/_training.py",
    "stages/train_joint.py",
)
CHANGED = {
    f"denoising/networks/{AUTOENCODER}.py": {"train_autoencoder", "train_joint"},
    "denoising/networks/simple.py": {
        *("train_classifier@clean", "train_classifier@noisy", "train_classifier@denoised"),
        "train_joint",
    },
    "denoising/networks/unet.py": set(),
    "denoising/datasets/digits.py": {"download"},
    "denoising/traffic_signs/detector.py": {"run_detector"},
    "denoising/report/page.css": {"report"},
}


@pytest.fixture(scope="module")
def workspace(copy, tmp_path_factory) -> Path:
    """Return a copy of the finished tiny pipeline."""
    folder = tmp_path_factory.mktemp("fingerprints") / "project"
    shutil.copytree(copy, folder, symlinks=True)
    return folder


@contextlib.contextmanager
def edited(*changes: tuple[Path, str]) -> Iterator[None]:
    """Give files another text for as long as the block lasts; a new file is removed again."""
    kept = {path: path.read_text("utf-8") if path.exists() else None for path, _ in changes}
    for path, text in changes:
        path.write_text(text, encoding="utf-8")
    try:
        yield
    finally:
        for path, text in kept.items():
            path.unlink()
            if text is not None:
                path.write_text(text, encoding="utf-8")


def ran(printed: str) -> list[str]:
    """Return the stages that a run of DVC ran, in order."""
    return re.findall(r"Running stage '([^']+)'", printed)


def outdated(folder: Path) -> set[str]:
    """Return the stages whose dependencies have changed, once the fingerprints are written."""
    assert ran(succeed("dvc repro fingerprint", folder)) == ["fingerprint"]
    return set(json.loads(run("dvc status --json dvc.yaml", folder).stdout))


def remarked(text: str) -> str:
    """Return source with another docstring, more comments and more blank lines."""
    more = text.replace('"""', '"""Changed. ', 1).replace("\n\n\n", "\n\n\n# A comment.\n\n\n", 1)
    return f"{more}\n\n# The end.\n"


def test_a_comment_a_docstring_or_a_blank_line_runs_the_fingerprint_alone(workspace):
    before = read_yaml(workspace / "dvc.lock")["stages"]["fingerprint"]["outs"]
    paths = [workspace / name for name in COMMENTED]
    with edited(*((path, remarked(path.read_text("utf-8"))) for path in paths)):
        assert ran(succeed("dvc repro", workspace)) == ["fingerprint"]
        assert read_yaml(workspace / "dvc.lock")["stages"]["fingerprint"]["outs"] == before
    succeed("dvc repro", workspace)


@pytest.mark.parametrize("name", CHANGED)
def test_a_changed_constant_concerns_only_the_stages_that_use_it(name, workspace):
    path = workspace / name
    more = "\n.more { color: red; }\n" if name.endswith(".css") else "\nMORE = 1\n"
    with edited((path, path.read_text("utf-8") + more)):
        assert outdated(workspace) == CHANGED[name]


def test_a_changed_plotting_function_trains_nothing(workspace):
    path = workspace / "denoising/plots/figures.py"
    with edited((path, path.read_text("utf-8") + "\nMORE = 1\n")):
        found = outdated(workspace)
    assert "evaluate_denoised" in found
    assert not [name for name in found if name.startswith("train")]


def test_a_new_network_runs_nothing_again(workspace):
    folder = workspace / "denoising/networks"
    with edited((folder / "plain.py", (folder / "unet.py").read_text("utf-8"))):
        assert ran(succeed("dvc repro", workspace)) == ["fingerprint"]
        assert (workspace / "fingerprints/networks/plain.txt").is_file()
    assert outdated(workspace) == set()


def test_a_single_target_follows_a_changed_network(workspace):
    path = workspace / f"denoising/networks/{AUTOENCODER}.py"
    with edited((path, path.read_text("utf-8") + "\nMORE = 1\n")):
        printed = succeed("dvc repro train_autoencoder", workspace)
        assert ran(printed) == ["fingerprint", "train_autoencoder"]
    assert "train_autoencoder" not in ran(succeed("dvc repro train_autoencoder", workspace))


def networks_of(folder: Path, revision: str) -> set[str]:
    """Return the fingerprints of networks on which an experiment's autoencoder depends."""
    lock = load(succeed(f"git show {revision}:dvc.lock", folder))
    deps = lock["stages"]["train_autoencoder"]["deps"]
    return {dep["path"] for dep in deps if dep["path"].startswith("fingerprints/networks/")}


@pytest.mark.parametrize(
    "how",
    [
        pytest.param("", id="workspace"),
        pytest.param("--queue", id="queue", marks=pytest.mark.thorough),
    ],
)
def test_an_experiment_with_a_new_network_depends_on_its_fingerprint(how, workspace):
    """A single target runs; outside the workspace, DVC copies only files that Git knows."""
    folder, name = workspace / "denoising/networks", f"new{how.strip('-')}"
    shutil.copy(folder / f"{SIMILAR}.py", folder / f"{name}.py")
    succeed(f"git add denoising/networks/{name}.py", workspace)
    options = f"{how} --name {name} -S autoencoder.name={name} train_autoencoder"
    printed = succeed(f"dvc exp run {options}", workspace)
    if how == "--queue":
        succeed("dvc exp run --run-all", workspace)
    else:
        assert set(ran(printed)) == {"fingerprint", "train_autoencoder"}
    succeed(f"dvc exp branch {name} branch-{name}", workspace)
    assert networks_of(workspace, f"branch-{name}") == {f"fingerprints/networks/{name}.txt"}
    succeed("git reset --quiet --hard", workspace)  # also removes the new file
    succeed("dvc checkout --quiet --force dvc.yaml", workspace)
