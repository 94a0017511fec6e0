"""A fresh copy of the project, in which a test runs commands as a user would."""

import contextlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from tests.support.dag import ROOT
from tests.support.yaml_files import read_yaml, write_yaml

ENVIRONMENT = {**os.environ, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
NEW_PROCESSES = {"PATH": ENVIRONMENT["PATH"]}
"""The environment of commands whose trainings are not to run in forks, see `fork_server`."""
SOMEBODY = {
    f"GIT_{role}_{key}": "somebody@localhost"
    for role in ("AUTHOR", "COMMITTER")
    for key in ("NAME", "EMAIL")
}
"""The variables from which Git takes the author of a commit."""
TINY = {"epochs": 1, "batch_size": 64}


def run(command: str, folder: Path, **variables) -> subprocess.CompletedProcess:
    """Run a command in `folder` with the tests' own environment, and these variables."""
    return subprocess.run(
        command.split(),
        cwd=folder,
        env=ENVIRONMENT | variables,
        capture_output=True,
        text=True,
    )


def succeed(command: str, folder: Path, **variables) -> str:
    """Run a command that must succeed; return its standard output."""
    done = run(command, folder, **variables)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def write_params(folder: Path, change) -> None:
    """Let `change` edit the parameters of `folder`."""
    values = read_yaml(folder / "params.yaml")
    change(values)
    write_yaml(folder / "params.yaml", values)


@contextlib.contextmanager
def changed_params(folder: Path, change) -> Iterator[None]:
    """Let `change` edit the parameters for as long as the block lasts."""
    kept = (folder / "params.yaml").read_text()
    write_params(folder, change)
    try:
        yield
    finally:
        (folder / "params.yaml").write_text(kept)


def tiny(values: dict) -> None:
    """Make the parameters those of a pipeline that runs in a minute or two."""
    digits = values["datasets"]["digits"]
    digits["source"] |= {"size": 14, "test": 20, "validation": 1600}
    digits["training"] |= {name: dict(TINY) for name in ("classifier", "autoencoder", "joint")}
    values["classifier"] |= {"name": "simple", "options": {}}  # it is traced quickly
    values["autoencoder"]["options"] = {"width": 8, "blocks": 1}
    values["sweep"] |= {"levels": [0, 0.2, 0.4], "images": 10}
    values["classical"] |= {"images": 10, "validation_images": 5}
    values["detector"] |= {"training_patches": 200, "scored_patches": 100}


def fresh_copy(folder: Path) -> None:
    """Copy what Git tracks, or would track, into a repository of its own."""
    listed = run("git ls-files --cached --others --exclude-standard", ROOT).stdout.splitlines()
    for name in listed:
        if (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / name, folder / name)
    run("git init --quiet", folder)


def commit(folder: Path) -> None:
    """Commit all that Git does not ignore."""
    succeed("git add --all", folder)
    succeed("git commit --quiet --message run", folder, **SOMEBODY)
