"""Trainings that tests run in forks are those of processes of their own."""

import json
import os
import select
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.workspace import ENVIRONMENT

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="forks as Linux does")

PACKAGE = "import sys\nseen = sys.argv[0]"
PROBE = """
import json, os, signal, sys
import stages
facts = {
    "module": __name__,
    "arguments": sys.argv,
    "argument of packages": stages.seen,
    "executable": sys.executable,
    "path": sys.path,
    "folder": os.getcwd(),
    "environment": {key: os.environ[key] for key in os.environ if key not in ("PWD", "OLDPWD")},
    "signals": [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)],
    "mask": os.umask(0),
    "input": sys.stdin.read(),
}
print(json.dumps(facts, default=str))
print("forked" if "keras" in sys.modules else "new", file=sys.stderr)
"""
WAITING = """
import os, signal, sys
def end(number, frame): os._exit(100 + number)
signal.signal(signal.SIGTERM, end)
print(os.getpid(), flush=True)
signal.pause()
"""


@pytest.fixture
def folder(tmp_path) -> Path:
    """Return a project whose one training is `PROBE`."""
    (tmp_path / "stages").mkdir()
    (tmp_path / "stages/__init__.py").write_text(PACKAGE)
    (tmp_path / "stages/train_probe.py").write_text(PROBE)
    return tmp_path


def probe(python: str, folder: Path, **variables) -> subprocess.CompletedProcess:
    command = [python, "-m", "stages.train_probe", "one", "two three"]
    environment = ENVIRONMENT | {"A_VARIABLE": "a value", **variables}
    return subprocess.run(
        command, cwd=folder, env=environment, input="typed", capture_output=True, text=True
    )


def test_a_fork_has_what_a_new_process_has(folder):
    fork, new = probe("python", folder), probe(sys.executable, folder)
    assert (fork.stderr, new.stderr) == ("forked\n", "new\n")
    assert json.loads(fork.stdout) == json.loads(new.stdout)
    assert "a value" in fork.stdout


def test_variables_that_are_read_at_the_start_have_their_effect(folder):
    assert probe("python", folder, PYTHONPATH="elsewhere").stderr == "new\n"
    assert probe("python", folder, TF_DETERMINISTIC_OPS="1").stderr == "new\n"


@pytest.mark.parametrize(
    ("end", "code"),
    [
        ("sys.exit('a message')", 1),
        ("sys.exit(3)", 3),
        ("raise ValueError('a message')", 1),
        ("os.kill(os.getpid(), signal.SIGKILL)", -signal.SIGKILL),
        ("os.kill(os.getpid(), signal.SIGTERM)", -signal.SIGTERM),
    ],
)
def test_a_fork_ends_as_a_new_process_does(end, code, folder):
    (folder / "stages/train_probe.py").write_text(f"import os, signal, sys\n{end}")
    fork, new = probe("python", folder), probe(sys.executable, folder)
    assert fork.returncode == new.returncode == code
    assert fork.stderr.splitlines()[-1:] == new.stderr.splitlines()[-1:]


def begin(folder: Path) -> tuple[subprocess.Popen, int]:
    """Start a training that waits for a signal; return it, and the ID of the fork."""
    (folder / "stages/train_probe.py").write_text(WAITING)
    process = subprocess.Popen(
        ["python", "-m", "stages.train_probe"],
        cwd=folder,
        env=ENVIRONMENT,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout
    fork = int(process.stdout.readline())
    assert fork != process.pid
    return process, fork


def test_a_signal_is_passed_on(folder):
    process, _ = begin(folder)
    process.send_signal(signal.SIGTERM)
    process.communicate()
    assert process.returncode == 100 + signal.SIGTERM


def test_a_fork_is_killed_with_its_client(folder):
    process, fork = begin(folder)
    ended = os.pidfd_open(fork)
    process.kill()
    assert select.select([ended], [], [], 60)[0]
    process.communicate()
    os.close(ended)
