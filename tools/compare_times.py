"""Time this version beside an older one, in turn: `python -m tools.compare_times OLDER`.

OLDER is a clone of the project with its own `.venv`. In both, `dvc repro` must have run. Each task
runs a few times, the installation once, from an index and without a cache; the quickest run counts,
as other programs can only add to it. Memory is the highest of the process. The table is printed.
"""

import argparse
import os
import tempfile
import venv
from pathlib import Path

import numpy as np
import pandas as pd
import pyvips
from tqdm import tqdm

from denoising.files.errors import UserError
from tools._kept import markdown
from tools._measured import Used, measured
from tools._noisy_cases import slope
from tools._program import ROOT, run
from tools.reruns import stages

ROUNDS = 3
ABSENT, REFUSED = "absent.png", 1
SIDES = {"256×256": (256, 256), "one megapixel": (1000, 1000)}
INSTALLATION, ALL = "installation", "all these stages"
UNTIMED = ("fingerprint", "download")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tools.compare_times", description=__doc__)
    parser.add_argument("older", type=Path)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--only", default="", help="part of the names of the tasks to run")
    given = parser.parse_args()
    folders = {"before": given.older.resolve(), "after": ROOT}
    for folder in folders.values():
        if not (folder / ".venv/bin/python").exists() or not (folder / "models").is_dir():
            raise UserError(f"{folder} has no .venv or no models. Run `make repro` there.")
    with tempfile.TemporaryDirectory() as pictures:
        tasks = command_tasks(Path(pictures)) | stage_tasks()
        tasks[INSTALLATION] = ["-m", "tools.install", "requirements.txt"]
        rows = [
            row(name, arguments, folders, 1 if name == INSTALLATION else given.rounds)
            for name, arguments in tqdm(tasks.items(), desc="tasks")
            if given.only in name
        ]
    print(table(pd.DataFrame(rows).set_index("task")))


def command_tasks(folder: Path) -> dict[str, list[str]]:
    """Write noisy pictures; return the arguments of the command for each task."""
    tasks = {
        "`denoise --help`": ["--help"],
        "`denoise image`, mistyped name": [
            "image",
            f"{folder}/{ABSENT}",
            "-o",
            f"{folder}/x.png",
        ],
        "`denoise info`": ["info"],
    }
    for name, (height, width) in SIDES.items():
        path = folder / f"{height}.png"
        pixels = slope(height, width, np.random.default_rng(0))
        pyvips.Image.new_from_array(pixels, interpretation="srgb").write_to_file(str(path))
        tasks[f"`denoise image`, {name}"] = ["image", f"{path}", "-o", f"{path}.out.png", "--force"]
    return {name: ["-m", "denoising", *arguments] for name, arguments in tasks.items()}


def stage_tasks() -> dict[str, list[str]]:
    """Return the arguments of Python for each stage of `dvc.yaml`."""
    found = {}
    for name in stages("dvc.yaml"):
        stage, _, part = name.partition("@")
        if stage not in UNTIMED:
            found[f"stage `{name}`"] = ["-m", f"stages.{stage}", *filter(None, [part])]
    return found


def row(
    name: str, arguments: list[str], folders: dict[str, Path], rounds: int
) -> dict[str, str | float]:
    """Return the best of some rounds in both folders, which take turns."""
    found: dict[str, list[Used]] = {version: [] for version in folders}
    for _ in range(rounds):
        for version, folder in folders.items():
            if name == INSTALLATION:
                with tempfile.TemporaryDirectory() as empty:
                    venv.create(empty, with_pip=True)
                    found[version].append(used(arguments, folder, Path(empty)))
            else:
                found[version].append(used(arguments, folder, folder / ".venv"))
    measures = {
        f"{measure}_{version}": round(min(getattr(one, measure) for one in tries), 2)
        for version, tries in found.items()
        for measure in ("cpu", "wall", "memory")
    }
    return {"task": name} | measures


def used(arguments: list[str], folder: Path, environment: Path) -> Used:
    """Run the Python of an environment in a clone; return what it took."""
    found = measured(
        [str(environment / "bin/python"), *arguments],
        folder,
        {
            "PATH": f"{environment}/bin:{os.environ['PATH']}",
            "PIP_NO_CACHE_DIR": "1",
            "UV_NO_CACHE": "1",
        },
    )
    if found.code not in (0, REFUSED if ABSENT in " ".join(arguments) else 0):
        raise UserError(
            f"python {' '.join(arguments)} failed in {folder}. Run it there to see why."
        )
    return found


def table(times: pd.DataFrame) -> str:
    """Return the times of each task as a table in Markdown, with their sum over the stages."""
    times.loc[ALL] = times[times.index.str.startswith("stage ")].sum()
    rows = []
    for task, one in times.iterrows():
        row = {"": task}
        for clock, name in (("cpu", "processor"), ("wall", "clock")):
            before, after = (float(one[f"{clock}_{version}"]) for version in ("before", "after"))
            row[f"{name}, s"] = f"{before:.1f} → {after:.1f}"
            row[f"{name}, ratio"] = f"{before / after:.1f}" if after else ""
        if task != ALL:
            row["memory, MB"] = f"{one['memory_before']:,.0f} → {one['memory_after']:,.0f}"
        rows.append(row)
    return markdown(pd.DataFrame(rows))


if __name__ == "__main__":
    run(main)
