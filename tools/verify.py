"""Show that a forced run in a fresh clone gives the same bytes: `make verify`.

The clone is of the last commit, in a temporary folder; its run has another home, locale, time zone
and hash seed, and sees one core if more are there. Every output is compared with this folder's, up
to date by then, and it is said where the committed `dvc.lock` has other hashes, as it has where a
processor of another kind wrote it.
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pooch
import yaml

ROOT = Path(__file__).parent.parent
SHORT = 12
# What a run writes into Git: on another processor, and nothing else, it may differ.
WRITTEN = (":!dvc.lock", ":!metrics")


def main() -> None:
    status = ["git", "status", "--porcelain", "--", ".", *WRITTEN]
    if changed := subprocess.run(status, cwd=ROOT, capture_output=True, text=True).stdout:
        sys.exit(
            f"error: Expected all to be committed, which is what a clone has. Not so:\n{changed}"
        )
    expected = locked((ROOT / "dvc.lock").read_text())
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
        found = locked((clone / "dvc.lock").read_text())
    print("\n".join(table(expected, found)))
    different = sum(expected.get(path) != found.get(path) for path in expected | found)
    if different:
        sys.exit(f"error: {different} of {len(expected | found)} outputs differ")
    print(f"all {len(found)} outputs are equal")
    if others := [path for path, md5 in committed().items() if found.get(path) != md5]:
        print(f"dvc.lock as committed, from another processor, differs in {', '.join(others)}")


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
        # What was downloaded is not downloaded again.
        "XDG_CACHE_HOME": str(pooch.os_cache("denoising").parent),
        "LC_ALL": "C",
        "TZ": "Asia/Kathmandu",
        "PYTHONHASHSEED": "4711",
    }


def see_one_core() -> None:
    """Let this process, and what it starts, see no more than one core."""
    os.sched_setaffinity(0, [min(os.sched_getaffinity(0))])


def committed() -> dict[str, str]:
    """Return the hashes of `dvc.lock` as it stands in Git."""
    show = ["git", "show", "HEAD:dvc.lock"]
    return locked(subprocess.run(show, cwd=ROOT, capture_output=True, text=True, check=True).stdout)


def locked(text: str) -> dict[str, str]:
    """Return the hash of every output that a `dvc.lock` of this text names."""
    stages = yaml.safe_load(text)["stages"]
    return {out["path"]: out["md5"] for stage in stages.values() for out in stage.get("outs", [])}


def table(expected: dict[str, str], found: dict[str, str]) -> list[str]:
    """Return a line for each output: both hashes, and whether they are equal."""
    width = max(map(len, expected | found))
    lines = [f"{'output':{width}}  {'here':{SHORT}}  {'elsewhere':{SHORT}}"]
    for path in sorted(expected | found):
        one, other = expected.get(path, "none"), found.get(path, "none")
        verdict = "equal" if one == other else "DIFFERENT"
        lines.append(f"{path:{width}}  {one[:SHORT]:{SHORT}}  {other[:SHORT]:{SHORT}}  {verdict}")
    return lines


if __name__ == "__main__":
    main()
