"""The files of examples/cluster/, as far as they can be checked without a scheduler."""

import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.support.dag import ROOT

CLUSTER = ROOT / "examples/cluster"
SCRIPTS = [path for path in sorted(CLUSTER.iterdir()) if path.suffix in (".sh", ".sbatch")]
BATCHES = sorted(CLUSTER.glob("*.sbatch"))
[JOBSET] = CLUSTER.glob("*.yaml")

OPTIONS = {
    "array": r"\d+-\d+",
    "cpus-per-task": r"\d+",
    "job-name": r"\w+",
    "mem": r"\d+[KMGT]",
    "output": r"%x-(%j|%A-%a)\.txt",
    "requeue": "",
    "time": r"\d\d:\d\d:\d\d",
}
"""Options of `sbatch`, and the form of their values."""

JOB = {"backoffLimit", "completionMode", "completions", "parallelism", "template"}
POD = {"containers", "initContainers", "restartPolicy", "volumes"}
CONTAINER = {
    *("args", "command", "env", "envFrom", "image", "name", "resources", "volumeMounts"),
    "workingDir",
}
"""Fields of Kubernetes; it refuses others."""


def name(path: Path) -> str:
    return path.name


def check_syntax(script: str) -> None:
    done = subprocess.run(["bash", "-n"], input=script, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("path", SCRIPTS, ids=name)
def test_scripts_are_bash_and_can_be_executed(path: Path):
    assert path.read_text().startswith("#!/usr/bin/env bash\n")
    assert path.stat().st_mode & 0o111
    check_syntax(path.read_text())


@pytest.mark.parametrize("path", BATCHES, ids=name)
def test_options_of_a_batch_are_known_and_come_before_its_commands(path: Path):
    """SLURM reads no option below the first command, without a word."""
    head, _, commands = path.read_text().partition("\nset -euo pipefail\n")
    assert "#SBATCH" not in commands
    assert all(line.startswith("#") for line in head.splitlines())
    options = dict(re.findall(r"^#SBATCH --([\w-]+)=?(.*)$", head, re.MULTILINE))
    assert len(options) == head.count("#SBATCH") > 0
    for option, value in options.items():
        assert re.fullmatch(OPTIONS[option], value), option
    assert ("array" in options) == ("$SLURM_ARRAY_TASK_ID" in commands)


def replicated_jobs() -> list[dict[str, Any]]:
    jobset = yaml.safe_load(JOBSET.read_text())
    assert jobset["apiVersion"] == "jobset.x-k8s.io/v1alpha2"
    assert jobset["kind"] == "JobSet"
    assert jobset.keys() == {"apiVersion", "kind", "metadata", "spec"}
    assert jobset["spec"].keys() == {"replicatedJobs"}
    return jobset["spec"]["replicatedJobs"]


def test_the_jobset_has_the_fields_of_kubernetes():
    earlier = set()
    for job in replicated_jobs():
        assert job.keys() <= {"name", "dependsOn", "template"}
        for needed in job.get("dependsOn", ()):
            assert needed["name"] in earlier
            assert needed["status"] in ("Ready", "Complete")
        earlier.add(job["name"])
        spec = job["template"]["spec"]
        assert spec.keys() <= JOB
        assert spec["template"].keys() == {"spec"}
        check_pod(spec["template"]["spec"])


def check_pod(pod: dict[str, Any]) -> None:
    assert pod.keys() <= POD
    assert pod["restartPolicy"] in ("OnFailure", "Never")  # a job has no other
    volumes = {volume["name"] for volume in pod["volumes"]}
    for container in (*pod["initContainers"], *pod["containers"]):
        assert container.keys() <= CONTAINER
        assert re.fullmatch(r"[a-z0-9-]+", container["name"])
        assert {mount["name"] for mount in container["volumeMounts"]} <= volumes
        assert all(isinstance(variable["value"], str) for variable in container["env"])
        assert container["command"] == ["bash", "-euc"]
        [script] = container["args"]
        check_syntax(script)


def test_each_level_has_an_index():
    batch = (CLUSTER / "levels.sbatch").read_text()
    [script] = replicated_jobs()[0]["template"]["spec"]["template"]["spec"]["containers"][0]["args"]
    lists = [re.search(r"levels=\((.*)\)", text)[1].split() for text in (batch, script)]
    assert lists[0] == lists[1]
    last = len(lists[0]) - 1
    assert f"#SBATCH --array=0-{last}\n" in batch
    spec = replicated_jobs()[0]["template"]["spec"]
    assert spec["completions"] == spec["parallelism"] == last + 1
    assert spec["completionMode"] == "Indexed"
