"""Results are reused: for earlier parameters, in another clone, by two runs at once."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.support.dag import ROOT
from tests.support.workspace import ENVIRONMENT, changed_params, commit, run, succeed
from tests.support.yaml_files import write_yaml
from tools.reruns import stages

pytestmark = pytest.mark.long


@pytest.fixture
def workspace(copy, tmp_path) -> Path:
    """Return a copy of the finished tiny pipeline."""
    folder = tmp_path / "project"
    shutil.copytree(copy, folder, symlinks=True)
    return folder


def outputs(folder: Path) -> dict[str, bytes]:
    """Return every file that the stages wrote."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for stage in stages().values()
        for out in [*stage.outs, *stage.metrics]
        for path in ([folder / out] if (folder / out).is_file() else (folder / out).rglob("*"))
        if path.is_file()
    }


def test_earlier_parameters_restore_their_outputs_without_a_run(workspace):
    before = outputs(workspace)

    def change(values):
        values["detector"]["scored_patches"] = 110
        values["joint"]["learning_rate"] = 0.001

    with changed_params(workspace, change):
        printed = succeed("dvc repro", workspace)
        assert "Running stage 'compute_roc'" in printed
        assert "Running stage 'train_joint'" in printed
        assert outputs(workspace) != before
    printed = succeed("dvc repro", workspace)
    assert "Running stage" not in printed
    assert outputs(workspace) == before


@pytest.mark.parametrize(
    "remote", [pytest.param("folder", marks=pytest.mark.thorough), "s3"], indirect=True
)
def test_another_clone_gets_everything_from_a_remote(workspace, tmp_path, remote):
    for command in remote:
        succeed(command, workspace)
    commit(workspace)
    succeed("dvc push", workspace)
    succeed(f"git clone --quiet {workspace} {tmp_path}/clone", tmp_path)
    printed = succeed("dvc repro --pull", tmp_path / "clone")
    assert "Running stage" not in printed
    assert outputs(tmp_path / "clone") == outputs(workspace)


def test_two_concurrent_runs_succeed_or_report_the_lock(workspace):
    before = (workspace / "dvc.lock").read_bytes()
    both = [
        subprocess.Popen(
            ["dvc", "repro", "--force", "run_detector", "compute_roc"],
            cwd=workspace,
            env=ENVIRONMENT,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        for _ in range(2)
    ]
    printed = [process.communicate()[0] for process in both]
    ended = [process.returncode for process in both]
    assert 0 in ended
    for code, text in zip(ended, printed, strict=True):
        assert code == 0 or "lock" in text, text
    assert (workspace / "dvc.lock").read_bytes() == before
    assert "Running stage" not in succeed("dvc repro", workspace)


SMALL = {
    "prepare": {"cmd": "cp given.txt data.txt", "deps": ["given.txt"], "outs": ["data.txt"]},
    "train": {
        "cmd": "echo trained on $PROCESSOR > model.txt",
        "deps": ["data.txt"],
        "params": ["epochs"],
        "outs": ["model.txt"],
    },
    "evaluate": {
        "cmd": "cp model.txt score.txt",
        "deps": ["model.txt"],
        "metrics": [{"score.txt": {"cache": False}}],
    },
}
"""A pipeline whose training ends in other bytes on another processor."""


@pytest.fixture(scope="module")
def origin(tmp_path_factory) -> Path:
    """Return a repository with the lock of a run of `SMALL` on a processor of its own."""
    folder = tmp_path_factory.mktemp("origin")
    for command in ("git init --quiet", "dvc init --quiet"):
        succeed(command, folder)
    write_yaml(folder / "dvc.yaml", {"stages": SMALL})
    write_yaml(folder / "params.yaml", {"epochs": 1})
    (folder / "given.txt").write_text("given")
    succeed("dvc repro", folder, PROCESSOR="first")
    commit(folder)
    return folder


@pytest.fixture(scope="module")
def used_cache(origin, tmp_path_factory) -> Path:
    """Return the cache of another machine, on which a clone of `origin` has run."""
    folder = tmp_path_factory.mktemp("machine")
    printed = succeed("dvc repro", clone(origin, folder), PROCESSOR="second")
    assert "Running stage 'train'" in printed
    return folder / "cache"


def clone(origin: Path, folder: Path, cache: Path | None = None) -> Path:
    """Clone a repository, with a cache outside of the clone; by default, the cache is empty."""
    succeed(f"git clone --quiet {origin} {folder}/clone", folder)
    succeed(f"dvc cache dir --local {cache or folder / 'cache'}", folder / "clone")
    return folder / "clone"


def reuse(folder: Path) -> str:
    return succeed("python -m tools.reuse", folder, PYTHONPATH=str(ROOT))


def changes(folder: Path) -> str:
    return succeed("git status --porcelain", folder)


def test_a_clone_takes_what_its_machine_has_computed(origin, used_cache, tmp_path):
    folder = clone(origin, tmp_path, used_cache)
    printed = reuse(folder)
    assert "named for train, but has those of an earlier run" in printed
    assert changes(folder).split() == ["M", "dvc.lock"]
    assert "Running stage" not in succeed("dvc repro", folder)
    assert (folder / "score.txt").read_text() == "trained on second\n"
    assert reuse(folder) == ""


def test_dvc_alone_does_not_ask_its_run_cache(origin, used_cache, tmp_path):
    """Once this fails, `tools.reuse` is of no use."""
    folder = clone(origin, tmp_path, used_cache)
    assert "Running stage 'train'" in succeed("dvc repro", folder, PROCESSOR="second")


def test_where_the_lock_was_made_it_stays_as_it_is(origin, tmp_path):
    folder = clone(origin, tmp_path, origin / ".dvc/cache")
    assert reuse(folder) == ""
    assert "Running stage" not in succeed("dvc repro", folder)
    assert changes(folder) == ""


@pytest.mark.parametrize("lost", ["files", "runs"])
def test_without_a_complete_run_the_lock_stays_as_it_is(origin, used_cache, tmp_path, lost):
    cache = tmp_path / "cache"
    shutil.copytree(used_cache, cache, ignore=shutil.ignore_patterns(lost))
    folder = clone(origin, tmp_path, cache)
    assert reuse(folder) == ""
    assert changes(folder) == ""


def test_changed_parameters_run_although_an_earlier_run_is_there(origin, used_cache, tmp_path):
    folder = clone(origin, tmp_path, used_cache)
    write_yaml(folder / "params.yaml", {"epochs": 2})
    reuse(folder)
    assert "Running stage 'train'" in succeed("dvc repro", folder, PROCESSOR="second")


def test_a_broken_pipeline_ends_with_a_message(origin, tmp_path):
    folder = clone(origin, tmp_path)
    (folder / "dvc.yaml").write_text("stages: [")
    done = run("python -m tools.reuse", folder, PYTHONPATH=str(ROOT))
    assert done.returncode == 1
    assert re.fullmatch(r"error: .*'dvc.yaml'.*\n", done.stderr)
