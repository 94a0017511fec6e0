"""The commands of examples/cluster/, run on this machine with a small pipeline."""

import fcntl
import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from tests.support.dag import ROOT
from tests.support.folders import random_pixels, saved
from tests.support.workspace import ENVIRONMENT, SOMEBODY, commit, succeed
from tests.support.yaml_files import write_yaml

pytestmark = pytest.mark.long

STAGES = {
    "prepare": {"cmd": "cp given.txt data.txt", "deps": ["given.txt"], "outs": ["data.txt"]},
    "train": {
        # A file in the clone kills DVC once, as a cluster does.
        "cmd": "rm kill 2> /dev/null && kill -9 $PPID; grep level params.yaml > model.txt",
        "deps": ["data.txt"],
        "params": ["noise"],
        "outs": ["model.txt"],
    },
    "evaluate": {
        "cmd": """sed 's/.*: /{"accuracy": /; s/$/}/' model.txt > metrics/joint.json""",
        "deps": ["model.txt"],
        "metrics": [{"metrics/joint.json": {"cache": False}}],
    },
}
LEVELS = "level-0.1 level-0.2 level-0.4"


@pytest.fixture(scope="module")
def base(tmp_path_factory) -> Path:
    """Return a repository with the programs of this one and `STAGES`, which have run once."""
    folder = tmp_path_factory.mktemp("cluster") / "project"
    for name in ("denoising", "stages", "tools", "examples/cluster"):
        ignored = shutil.ignore_patterns("__pycache__", "*.keras")
        shutil.copytree(ROOT / name, folder / name, ignore=ignored)
    for command in ("git init --quiet", "dvc init --quiet"):
        succeed(command, folder)
    write_yaml(folder / "dvc.yaml", {"stages": STAGES})
    write_yaml(folder / "params.yaml", {"noise": {"level": 0.2}})
    (folder / "given.txt").write_text("given")
    (folder / ".gitignore").write_text("__pycache__\n")
    (folder / "metrics").mkdir()
    (folder / "metrics/.gitkeep").touch()
    succeed("dvc repro", folder)
    commit(folder)
    return folder


@pytest.fixture
def project(base, tmp_path, remote) -> Path:
    """Return a copy of the repository with a remote, to which its results are pushed."""
    folder = tmp_path / "project"
    shutil.copytree(base, folder, symlinks=True)
    for command in remote:
        succeed(command, folder)
    commit(folder)
    succeed("dvc push --run-cache", folder)
    return folder


def start(command: list[str], folder: Path, **variables: str) -> subprocess.Popen:
    """Start what a scheduler would."""
    return subprocess.Popen(
        command,
        cwd=folder,
        env=ENVIRONMENT | SOMEBODY | variables,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def task(
    script: str, index: int, folder: Path, *arguments: str, count: int = 3
) -> subprocess.Popen:
    """Start a task of an array of SLURM."""
    variables = {"SLURM_ARRAY_TASK_ID": str(index), "SLURM_ARRAY_TASK_COUNT": str(count)}
    return start(["bash", f"examples/cluster/{script}", *arguments], folder, **variables)


def ended(job: subprocess.Popen) -> str:
    """Wait for a job that must succeed; return what it printed."""
    printed = job.communicate()[0]
    assert job.returncode == 0, printed
    return printed


def ran(printed: str) -> list[str]:
    return re.findall(r"Running stage '(\w+)'", printed)


def accuracies(printed: str) -> list[str]:
    """Return the row of the joint network in a table of `tools.compare`."""
    [row] = [line for line in printed.splitlines() if line.startswith("| joint network")]
    return [cell.strip() for cell in row.split("|")[2:-1]]


def test_tasks_in_clones_of_their_own_share_their_results(project, tmp_path):
    """They run at the same time; DVC's cache and remote are common to them."""
    for printed in map(ended, [task("levels.sbatch", index, project) for index in (0, 2)]):
        assert ran(printed) == ["train", "evaluate"]
    assert ran(ended(task("levels.sbatch", 1, project))) == []  # the level of the first run

    succeed(f"git clone --quiet {project} third", tmp_path)
    third = tmp_path / "third"
    succeed(f"dvc exp pull origin {LEVELS}", third)
    printed = succeed(f"python -m tools.compare accuracy {LEVELS}", third)
    assert accuracies(printed) == ["0.1000", "0.2000", "0.4000"]
    succeed("dvc exp apply level-0.4", third)
    assert (third / "model.txt").read_text() == "  level: 0.4\n"

    assert accuracies(succeed(f"python -m tools.compare accuracy {LEVELS}", project)) == [
        *("0.1000", "0.2000", "0.4000")
    ]
    succeed("dvc exp apply level-0.1", project)  # its data are in the common cache
    assert (project / "model.txt").read_text() == "  level: 0.1\n"


def test_a_killed_job_goes_on_in_its_clone(project):
    (project.with_name("clones")).mkdir()
    clone = project.with_name("clones") / "level-0.1"
    succeed(f"git clone --quiet {project} {clone}", project)
    (clone / "kill").touch()
    job = task("levels.sbatch", 0, project)
    assert "Running stage 'train'" in job.communicate()[0]
    assert job.returncode != 0
    assert (clone / ".dvc/tmp/rwlock").read_text() != "{}"
    assert ran(ended(task("levels.sbatch", 0, project))) == ["train", "evaluate"]
    assert "level-0.1" in succeed("dvc exp list", project)
    assert ran(ended(task("levels.sbatch", 0, project))) == []


def test_a_second_job_of_the_same_name_is_refused(base):
    clones = base.with_name("clones")
    clones.mkdir()
    with (clones / "level-0.1.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        job = task("levels.sbatch", 0, base)
        assert "error: another job runs the experiment level-0.1" in job.communicate()[0]
    assert job.returncode == 1
    assert not (clones / "level-0.1").exists()


@pytest.mark.parametrize("remote", ["s3"], indirect=True)
def test_pods_share_results_through_the_remote_alone(project, tmp_path):
    jobset = yaml.safe_load((ROOT / "examples/cluster/levels.jobset.yaml").read_text())
    run, compare = (
        job["template"]["spec"]["template"]["spec"]["containers"][0]
        for job in jobset["spec"]["replicatedJobs"]
    )
    for index in range(3):
        printed = ended(
            pod(run, project, tmp_path / f"pod-{index}", JOB_COMPLETION_INDEX=f"{index}")
        )
        assert ran(printed) == ([] if index == 1 else ["train", "evaluate"])
    printed = ended(pod(compare, project, tmp_path / "comparison"))
    assert accuracies(printed) == ["0.1000", "0.2000", "0.4000"]


def pod(container: dict, project: Path, folder: Path, **variables: str) -> subprocess.Popen:
    """Start the commands of a container, after those that clone and install."""
    succeed(f"git clone --quiet {project} {folder}/project", project)
    variables |= {variable["name"]: variable["value"] for variable in container["env"]}
    return start(
        [*container["command"], *container["args"]],
        folder / "project",
        **variables | {"ORIGIN": str(project), "CLONES": f"{folder}/clones"},
    )


def test_an_array_of_parts_denoises_a_folder_and_can_be_repeated(tmp_path):
    for index in range(5):
        saved(tmp_path / f"in/{index}.png", random_pixels(20, 30 + index, 3))
    arguments = (str(tmp_path / "in"), str(tmp_path / "out"), "--level", "0.1")
    succeed(f"python -m denoising image {arguments[0]} -o {tmp_path}/whole --level 0.1", ROOT)

    def run_all() -> list[str]:
        tasks = [task("pictures.sbatch", index, ROOT, *arguments, count=2) for index in (1, 2)]
        return [ended(job) for job in tasks]

    def written(name: str) -> dict[str, bytes]:
        return {path.name: path.read_bytes() for path in (tmp_path / name).iterdir()}

    run_all()
    assert written("out") == written("whole")
    (tmp_path / "out/3.png").unlink()
    first, second = run_all()
    assert "Left to do: 0." in first
    assert "Left to do: 1." in second
    assert written("out") == written("whole")
