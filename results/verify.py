"""Show that a forced run in a fresh clone gives the same bytes: `python -m results.verify`.

The clone is of the last commit, in a temporary folder; its run has another home, locale, time zone
and hash seed, and sees one core if more are there. Every output is compared with `dvc.lock`: made
on this machine, all are equal; on another one, run `dvc repro --force` first.
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import yaml

ROOT = Path(__file__).parent.parent
SHORT = 12


def main() -> None:
    expected = locked(ROOT)
    with tempfile.TemporaryDirectory(prefix="elsewhere-") as folder:
        clone, home = Path(folder, "clone"), Path(folder, "home")
        home.mkdir()
        run("git", "clone", "--quiet", ROOT, clone)
        run(
            *(sys.executable, "-m", "dvc", "repro", "--force"),
            cwd=clone,
            preexec_fn=see_one_core,
            env=elsewhere(home),
        )
        found = locked(clone)
    print("\n".join(table(expected, found)))
    different = sum(expected.get(path) != found.get(path) for path in expected | found)
    if different:
        sys.exit(f"error: {different} of {len(expected | found)} outputs differ from dvc.lock")
    print(f"all {len(found)} outputs are equal")


def run(*command, **how) -> None:
    """Run a command; end with its exit code if it fails."""
    if code := subprocess.run([str(part) for part in command], **how).returncode:
        sys.exit(f"error: {' '.join(map(str, command))} ended with exit code {code}")


def elsewhere(home: Path) -> dict[str, str]:
    """Return the environment of another user in another place."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("LC_", "XDG_"))}
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    return kept | {
        "PATH": path,
        "HOME": str(home),
        "LC_ALL": "tr_TR.UTF-8",
        "TZ": "Asia/Kathmandu",
        "PYTHONHASHSEED": "4711",
    }


def see_one_core() -> None:
    """Let this process, and what it starts, see no more than one core."""
    os.sched_setaffinity(0, [min(os.sched_getaffinity(0))])


def locked(folder: Path) -> dict[str, str]:
    """Return the hash of every output that a `dvc.lock` names."""
    stages = yaml.safe_load((folder / "dvc.lock").read_text())["stages"]
    return {out["path"]: out["md5"] for stage in stages.values() for out in stage.get("outs", [])}


def table(expected: dict[str, str], found: dict[str, str]) -> list[str]:
    """Return a line for each output: both hashes, and whether they are equal."""
    width = max(map(len, expected | found))
    lines = [f"{'output':{width}}  {'dvc.lock':{SHORT}}  {'here':{SHORT}}"]
    for path in sorted(expected | found):
        one, other = expected.get(path, "none"), found.get(path, "none")
        verdict = "equal" if one == other else "DIFFERENT"
        lines.append(f"{path:{width}}  {one[:SHORT]:{SHORT}}  {other[:SHORT]:{SHORT}}  {verdict}")
    return lines


if __name__ == "__main__":
    main()
