"""Time and memory of a stage that runs in another folder."""

import os
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

from denoising.files.errors import UserError
from tools._program import ROOT

INTERVAL = 0.02  # seconds between two looks at the memory


class Used(NamedTuple):
    """Seconds by the clock, and the highest anonymous memory in MB.

    Anonymous memory is what a process holds itself. Pages of mapped files do not count: the system
    takes them back when it needs memory.
    """

    seconds: float
    memory: float


def run_stage(name: str, folder: Path) -> Used:
    """Run a stage of this clone in `folder`, on Linux; raise `UserError` if it fails."""
    start, memory = time.perf_counter(), 0.0
    with tempfile.TemporaryFile("w+") as messages:
        process = subprocess.Popen(
            [sys.executable, "-m", *f"stages.{name}".split()],
            cwd=folder,
            env=os.environ | {"PYTHONPATH": str(ROOT)},
            stdout=subprocess.DEVNULL,
            stderr=messages,
        )
        while process.poll() is None:
            memory = max(memory, anonymous_memory(process.pid))
            try:
                process.wait(INTERVAL)
            except subprocess.TimeoutExpired:
                continue
        if process.returncode:
            messages.seek(0)
            raise UserError(f"{name} failed in {folder}:\n{messages.read()[-2000:]}")
    return Used(time.perf_counter() - start, memory)


def anonymous_memory(process: int) -> float:
    """Return the anonymous memory of a process in MB; 0 if it has ended."""
    try:
        status = Path(f"/proc/{process}/status").read_text()
    except OSError:
        return 0.0
    found = re.search(r"RssAnon:\s+(\d+) kB", status)
    return int(found[1]) / 1024 if found else 0.0
