"""Install pinned packages: `python -m tools.install FILE`.

uv does it several times as fast as pip. If the file pins uv, pip installs it first; where uv is
unavailable or fails, pip installs everything, and its packages are counted. pip's warnings, often
hundreds, are shown only if it fails. The program runs in an empty environment, so it
imports the standard library and pip alone.
"""

import re
import subprocess
import sys
import sysconfig
import tempfile
import time
from pathlib import Path
from typing import IO

from pip._vendor.packaging.requirements import Requirement

PINNED = re.compile(r"^\S+==[^\\\n]*", re.MULTILINE)
COLLECTED = re.compile(r"^(Collecting|Requirement already satisfied)", re.MULTILINE)
UV = re.compile(r"^uv==.*(?:\n    --hash=.*)+", re.MULTILINE)
INDEX = re.compile(r"^(?:global|install|:env:)\.index-url='(.*)'", re.MULTILINE)
LISTED = (" + ", " - ", " ~ ")
INSTALLING = "Installing collected packages"
PIP = (sys.executable, "-m", "pip", "--disable-pip-version-check", "--no-input")
OPTIONS = ("--progress-bar", "off", "--require-hashes")
PERIOD = 0.5  # seconds between two looks
STEP = 20  # packages for a line of its own where a line cannot be overwritten


def pinned(text: str) -> set[str]:
    """Return the names of the packages in a lock that are meant for this Python and system."""
    found = (Requirement(line) for line in PINNED.findall(text))
    return {
        normal(one.name)
        for one in found
        if one.marker is None or one.marker.evaluate({"extra": ""})
    }


def normal(name: str) -> str:
    """Return the form of a package's name in which all spellings are equal."""
    return re.sub(r"[-_.]+", "-", name).lower()


def installed() -> set[str]:
    """Return the names of the packages in this environment."""
    folder = Path(sysconfig.get_path("purelib"))
    return {normal(path.name.partition("-")[0]) for path in folder.glob("*.dist-info")}


def progress(log: str, wanted: set[str]) -> tuple[str, int]:
    """Return what pip is doing and with how many of the packages, from its `log` so far."""
    if INSTALLING in log:
        return "installing", len(wanted & installed())
    return "downloading", min(len(COLLECTED.findall(log)), len(wanted))


def follow(pip: subprocess.Popen, output: IO[str], wanted: set[str]) -> None:
    """Print how many packages are there, until pip ends; on a terminal in one line."""
    overwrite, shown = sys.stdout.isatty(), ("", -STEP)
    while pip.poll() is None:
        output.seek(0)
        phase, number = progress(output.read(), wanted)
        if phase != shown[0] or number - shown[1] >= (1 if overwrite else STEP):
            shown = phase, number
            line = f"{phase}: {number} of {len(wanted)} packages"
            print(f"\r{line:<40}" if overwrite else line, end="" if overwrite else "\n", flush=True)
        time.sleep(PERIOD)
    if overwrite:
        print("\r", end="")


def uv_program(lock: str) -> Path | None:
    """Return the program uv of this environment, installed as `lock` pins it; None without it."""
    program = Path(sysconfig.get_path("scripts"), "uv")
    if program.exists():
        return program
    if not (pin := UV.search(lock)):
        return None
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "uv.txt")
        path.write_text(pin[0], "utf-8")
        done = subprocess.run([*PIP, "install", *OPTIONS, "-r", path], capture_output=True)
    return program if done.returncode == 0 and program.exists() else None


def install_with_uv(program: Path, path: Path) -> bool:
    """Install the packages of a lock with uv; return whether it succeeded.

    Its progress is shown, but not the list of all that it installed.
    """
    settings = subprocess.run([*PIP, "config", "list"], capture_output=True, text=True).stdout
    index = [f"--index-url={found}" for found in INDEX.findall(settings)[-1:]]
    target = ("--python", sys.executable)
    command = [
        *(program, "pip", "install", *target, "--require-hashes", "--compile-bytecode"),
        *("-r", path, *index),
    ]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as uv:
        assert uv.stderr
        for line in uv.stderr:
            if not line.startswith(LISTED):
                print(line, end="", flush=True)
    return uv.returncode == 0


def install_with_pip(path: Path, wanted: set[str]) -> None:
    """Install the packages of a lock with pip, and count them; end the program if that fails."""
    command = [*PIP, "install", *OPTIONS, "--compile", "-r", path]
    with (
        tempfile.TemporaryFile("w+", encoding="utf-8") as output,
        tempfile.TemporaryFile("w+", encoding="utf-8") as errors,
    ):
        pip = subprocess.Popen(command, stdout=output, stderr=errors)
        follow(pip, output, wanted)
        if pip.returncode:
            errors.seek(0)
            sys.exit(errors.read())


def main() -> None:
    if len(sys.argv) != 2:
        sys.exit("usage: python -m tools.install FILE")
    path, start = Path(sys.argv[1]), time.monotonic()
    lock = path.read_text("utf-8")
    wanted = pinned(lock)
    print(f"Installing the packages of {path} into {sys.prefix}", flush=True)
    try:
        program = uv_program(lock)
        if not (program and install_with_uv(program, path)):
            install_with_pip(path, wanted)
    except KeyboardInterrupt:  # pip or uv had it, too
        sys.exit(130)
    print(f"{len(wanted)} packages are installed, in {time.monotonic() - start:.0f} s.")


if __name__ == "__main__":
    main()
