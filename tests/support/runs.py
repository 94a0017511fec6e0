"""Run stages that must fail, and check their message and the files left behind."""

import ctypes
import subprocess
import sys
from pathlib import Path

from tests.support.workspace import ENVIRONMENT, run


def everything(folder: Path) -> dict[str, bytes]:
    """Return all files but those of Python, Git, DVC and the logs."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and not {"__pycache__", ".git", ".dvc", "logs"} & set(path.parts)
    }


def python(arguments: list[str], folder: Path, **how) -> subprocess.CompletedProcess:
    """Run Python in `folder`; `variables` are added to the environment."""
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=folder,
        env=ENVIRONMENT | how.pop("variables", {}),
        capture_output=True,
        text=True,
        **how,
    )


def fails(done: subprocess.CompletedProcess, message: str) -> None:
    """Check that a stage ended with one message and no traceback."""
    assert done.returncode == 1, done.stdout + done.stderr
    assert message in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stderr.count("error: ") == 1


def refuses(stage: str, folder: Path, message: str, **variables) -> None:
    """Run a stage that has to end with one message, and to leave everything as it was."""
    before = everything(folder)
    fails(run(f"{sys.executable} -m stages.{stage}", folder, **variables), message)
    assert everything(folder) == before


def without_rights() -> None:
    """Take from root, in a child process, the right to read and write everything."""
    drop_from_bounding_set = 24
    for right in (1, 2):  # CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH
        ctypes.CDLL(None).prctl(drop_from_bounding_set, right, 0, 0, 0)
