"""Install pinned packages with pip, and count them: `python -m tools.install FILE`.

The warnings of pip, of which there may be hundreds, are shown only if it fails. The program runs in
an empty environment, so it imports the standard library and pip alone.
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
INSTALLING = "Installing collected packages"
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


def main() -> None:
    if len(sys.argv) != 2:
        sys.exit("usage: python -m tools.install FILE")
    (path,), start = sys.argv[1:], time.monotonic()
    wanted = pinned(Path(path).read_text("utf-8"))
    print(f"Installing the packages of {path} into {sys.prefix}", flush=True)
    command = [
        *(sys.executable, "-m", "pip", "install", "--disable-pip-version-check", "--no-input"),
        *("--progress-bar", "off", "--compile", "--require-hashes", "-r", path),
    ]
    with (
        tempfile.TemporaryFile("w+", encoding="utf-8") as output,
        tempfile.TemporaryFile("w+", encoding="utf-8") as errors,
    ):
        pip = subprocess.Popen(command, stdout=output, stderr=errors)
        try:
            follow(pip, output, wanted)
        except KeyboardInterrupt:  # pip had it, too
            sys.exit(pip.wait() or 130)
        if pip.returncode:
            errors.seek(0)
            sys.exit(errors.read())
    print(f"{len(wanted)} packages are installed, in {time.monotonic() - start:.0f} s.")


if __name__ == "__main__":
    main()
