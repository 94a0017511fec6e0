"""Time and memory of a process."""

import os
import subprocess
import sys
import time
from pathlib import Path
from typing import NamedTuple

PROGRAM = """
import resource, subprocess, sys
code = subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(code, used.ru_utime + used.ru_stime, used.ru_maxrss)
"""


class Used(NamedTuple):
    """Resources used by a process: seconds of the processor and of the clock, and MB of memory.

    `code` is its exit code.
    """

    code: int
    cpu: float
    wall: float
    memory: float


def measured(command: list[str], folder: Path, variables: dict[str, str] | None = None) -> Used:
    """Run a command in a folder, with further environment variables; return what it took.

    A small process starts it, since Linux counts the memory of the parent at the start of a child.
    """
    start = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-IS", "-c", PROGRAM, *command],
        cwd=folder,
        env=os.environ | (variables or {}),
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    wall = time.perf_counter() - start
    code, cpu, memory = done.stdout.split()
    return Used(int(code), float(cpu), wall, float(memory) / 1024)
