"""Results are reused: for earlier parameters, in another clone, by two runs at once."""

import shutil
import subprocess
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from moto.server import ThreadedMotoServer

from tests.support.workspace import ENVIRONMENT, changed_params, commit, succeed
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


@pytest.fixture(params=["folder", "s3"])
def remote(request, tmp_path, monkeypatch) -> Iterator[list[str]]:
    """Return the DVC commands that add a remote: a folder, or a bucket of a server of our own."""
    if request.param == "folder":
        yield [f"dvc remote add --default shared {tmp_path}/remote"]
        return
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0)
    server.start()
    host, port = server.get_host_and_port()
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setitem(ENVIRONMENT, name, "testing")
    monkeypatch.setitem(ENVIRONMENT, "AWS_DEFAULT_REGION", "us-east-1")
    bucket = urllib.request.Request(f"http://{host}:{port}/bucket", method="PUT")
    urllib.request.urlopen(bucket).close()
    yield [
        "dvc remote add --default shared s3://bucket/some",
        f"dvc remote modify shared endpointurl http://{host}:{port}",
    ]
    server.stop()


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
