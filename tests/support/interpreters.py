"""Other versions of Python."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

VERSIONS = ("3.11", "3.12", "3.13")
"""Those that the package supports."""


def interpreter(version: str) -> str:
    """Return a Python of this version, of this machine or of pyenv; skip the test without one."""
    kept = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"), "versions")
    found = [shutil.which(f"python{version}"), *kept.glob(f"{version}.*/bin/python{version}")]
    for path in filter(None, [sys.executable, *found]):
        program = "import sys; print(*sys.version_info[:2], sep='.')"
        done = subprocess.run([path, "-c", program], capture_output=True, text=True)
        if done.stdout.strip() == version:
            return str(path)
    pytest.skip(f"there is no Python {version}")
