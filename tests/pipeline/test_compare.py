"""Settings as DVC keeps them: experiments, revisions and the workspace."""

import json
from pathlib import Path

import pytest

from denoising.files.errors import UserError
from tests.support.workspace import commit, succeed
from tests.support.yaml_files import write_yaml
from tools import compare


def measured(folder: Path, level: float, accuracy: float) -> None:
    """Write the parameters and the metrics of a run at a noise level."""
    write_yaml(folder / "params.yaml", {"noise": {"level": level}})
    found = {"accuracy": accuracy, "earlier": {"accuracy": 0.0}}
    (folder / "metrics/joint.json").write_text(json.dumps(found))
    (folder / "results/joint.json").write_text(json.dumps({"accuracy": 0.0}))


@pytest.fixture(scope="module")
def project(tmp_path_factory) -> Path:
    """Return a repository with two experiments, whose working tree differs from its commit."""
    folder = tmp_path_factory.mktemp("project")
    for name in ("metrics", "results"):
        (folder / name).mkdir()
    succeed("git init --quiet", folder)
    succeed("git config user.name somebody", folder)
    succeed("git config user.email somebody@localhost", folder)
    succeed("dvc init --quiet", folder)
    metrics = ["metrics/joint.json", "metrics/gone.json", "results/joint.json"]
    write_yaml(folder / "dvc.yaml", {"metrics": metrics})
    measured(folder, 0.2, 0.9)
    commit(folder)
    for level, accuracy in ((0.1, 0.95), (0.4, 0.8)):
        measured(folder, level, accuracy)
        succeed(f"dvc exp save --quiet --name level-{level}", folder)
    measured(folder, 0.3, 0.85)
    return folder


@pytest.fixture(autouse=True)
def here(project, monkeypatch):
    monkeypatch.setattr(compare, "ROOT", project)


def found(*names: str) -> list[tuple]:
    return [
        (one.name, one.params["noise.level"], *one.metrics["joint"].values())
        for one in compare.read(list(names))
    ]


def test_without_names_the_workspace_and_all_experiments_are_compared():
    expected = [("workspace", 0.3, 0.85), ("level-0.1", 0.1, 0.95), ("level-0.4", 0.4, 0.8)]
    assert found() == expected


def test_experiments_and_revisions_are_read_in_the_order_of_their_names(project):
    commit_id = succeed("git rev-parse HEAD", project).strip()
    assert found("level-0.4", "HEAD") == [("level-0.4", 0.4, 0.8), ("HEAD", 0.2, 0.9)]
    assert found(commit_id, "workspace")[0][1:] == (0.2, 0.9)


def test_an_unknown_name_is_refused_with_the_experiments_there_are():
    fault = r"is called 'level-0.9'. The experiments of HEAD: level-0.1, level-0.4"
    with pytest.raises(UserError, match=fault):
        compare.read(["level-0.9"])


def test_a_damaged_file_is_named(project):
    path = project / "metrics/joint.json"
    kept = path.read_text()
    path.write_text("{")
    try:
        with pytest.raises(UserError, match=r"cannot read metrics/joint.json of workspace"):
            compare.read(["workspace"])
    finally:
        path.write_text(kept)
