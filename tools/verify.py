"""Check that a forced run in a fresh clone gives the same bytes: `make verify`.

The clone is of the last commit, in a temporary folder. Its run has another home, locale, time zone
and hash seed, and sees a single core. Every output is compared with the one in this folder. The
committed `dvc.lock` is compared, too: it may come from another processor, whose hashes differ.
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import pooch
import yaml

from denoising.files.errors import UserError
from tools._program import ROOT
from tools._program import run as run_program

SHORT = 12  # characters of a hash
SHOWN = 10
# Written by a run, so that on another processor they may differ from the commit.
WRITTEN = (":!dvc.lock", ":!metrics", ":!studies/*/dvc.lock")


def main() -> None:
    check_committed()
    expected = locked((ROOT / "dvc.lock").read_text("utf-8"))
    with tempfile.TemporaryDirectory(prefix="elsewhere-") as folder:
        clone, home = Path(folder, "clone"), Path(folder, "home")
        home.mkdir()
        run_in_clone(clone, elsewhere(home), preexec_fn=see_one_core)
        found = locked((clone / "dvc.lock").read_text("utf-8"))
    print("\n".join(table(expected, found)))
    different = sum(expected.get(path) != found.get(path) for path in expected | found)
    if different:
        raise UserError(f"{different} of {len(expected | found)} outputs differ.")
    print(f"All {len(found)} outputs are equal.")
    if others := [path for path, md5 in committed().items() if found.get(path) != md5]:
        print(f"The committed dvc.lock, from another processor, differs in {', '.join(others)}.")


def check_committed() -> None:
    """Raise `UserError` if a file that a clone would lack has changed since the last commit."""
    status = ["git", "status", "--porcelain", "--", ".", *WRITTEN]
    done = subprocess.run(status, cwd=ROOT, capture_output=True, text=True)
    if changed := done.stdout.splitlines():
        listed = "\n".join(changed[:SHOWN] + ["…"] * (len(changed) > SHOWN))
        raise UserError(
            f"{len(changed)} files differ from the last commit, which is what a clone has. "
            f"Commit or stash them first:\n{listed}"
        )


def run(*command: str | Path, **options: Any) -> None:
    """Run a command; raise `UserError` if it fails. `options` are those of `subprocess.run`."""
    if code := subprocess.run([str(part) for part in command], **options).returncode:
        raise UserError(f"`{' '.join(map(str, command))}` ended with exit code {code}.")


def run_in_clone(clone: Path, environment: dict[str, str], **options: Any) -> None:
    """Clone the last commit to an empty folder, and run its pipeline with the Python of this one.

    `options` are those of `subprocess.run`.
    """
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    run("git", "clone", "--quiet", ROOT, clone)
    repro = (sys.executable, "-m", "dvc", "repro", "--force")
    run(*repro, cwd=clone, env=environment | {"PATH": path}, **options)


def elsewhere(home: Path) -> dict[str, str]:
    """Return the environment of another user in another place."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("LC_", "XDG_"))}
    return kept | {
        "HOME": str(home),
        # The downloads of this user are used again.
        "XDG_CACHE_HOME": str(Path(pooch.os_cache("denoising")).parent),
        "LC_ALL": "C",
        "TZ": "Asia/Kathmandu",
        "PYTHONHASHSEED": "4711",
    }


def see_one_core() -> None:
    """Restrict this process, and its children, to a single core."""
    os.sched_setaffinity(0, [min(os.sched_getaffinity(0))])


def committed() -> dict[str, str]:
    """Return the hashes of the committed `dvc.lock`."""
    show = ["git", "show", "HEAD:dvc.lock"]
    return locked(subprocess.run(show, cwd=ROOT, capture_output=True, text=True, check=True).stdout)


def locked(text: str) -> dict[str, str]:
    """Return the hash of every output in the text of a `dvc.lock`."""
    stages = yaml.safe_load(text)["stages"]
    return {out["path"]: out["md5"] for stage in stages.values() for out in stage.get("outs", [])}


def table(expected: dict[str, str], found: dict[str, str]) -> list[str]:
    """Return a line for each output, with both hashes and whether they are equal."""
    width = max(map(len, expected | found))
    lines = [f"{'output':{width}}  {'here':{SHORT}}  {'elsewhere':{SHORT}}"]
    for path in sorted(expected | found):
        one, other = expected.get(path, "none"), found.get(path, "none")
        verdict = "equal" if one == other else "DIFFERENT"
        lines.append(f"{path:{width}}  {one[:SHORT]:{SHORT}}  {other[:SHORT]:{SHORT}}  {verdict}")
    return lines


if __name__ == "__main__":
    run_program(main)
