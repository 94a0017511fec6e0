"""Time `denoise image` on many pictures: `python -m tools.time_many_pictures`.

Threads and actors of Ray denoise the same pictures, one and two at a time, each in a new process
that also opens the model and starts Ray. The files have to be the same. The table is printed.
"""

import argparse
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd
import pyvips

from denoising.cli.arguments import ENGINES
from denoising.cli.main import check_ray
from denoising.files.errors import UserError
from tools._kept import markdown
from tools._noisy_cases import slope
from tools._program import ROOT, run

JOBS = (1, 2)
SMALL, LARGE = (96, 128), (1000, 1500)  # height and width in pixels


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tools.time_many_pictures", description=__doc__)
    parser.add_argument("--small", type=int, default=2000, help="number of small pictures")
    parser.add_argument("--large", type=int, default=20, help="number of large pictures")
    given = parser.parse_args()
    check_ray()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        columns = {
            "one small picture": write(folder / "one", 1, SMALL),
            f"{given.small:,} of {SMALL[1]} × {SMALL[0]}": write(folder / "s", given.small, SMALL),
            f"{given.large:,} of {LARGE[1]:,} × {LARGE[0]:,}": write(
                folder / "large", given.large, LARGE
            ),
        }
        rows = [
            {"": f"`--engine {engine} --jobs {jobs}`"}
            | {f"{name}, s": seconds(path, engine, jobs) for name, path in columns.items()}
            for engine in ENGINES
            for jobs in JOBS
        ]
    print(markdown(pd.DataFrame(rows)))


def write(folder: Path, number: int, size: tuple[int, int]) -> Path:
    """Write noisy colour pictures of a size (H, W); return the folder."""
    folder.mkdir()
    random = np.random.default_rng(0)
    for index in range(number):
        picture = pyvips.Image.new_from_array(slope(*size, random), interpretation="srgb")
        picture.write_to_file(str(folder / f"{index}.png"))
    return folder


def seconds(folder: Path, engine: str, jobs: int) -> str:
    """Denoise a folder; return the seconds by the clock.

    Raises
    ------
    UserError
        The command fails, or its files differ from those of the first engine.
    """
    output = folder.with_name(f"{folder.name}-{engine}-{jobs}")
    options = [str(folder), "--output", str(output), "--engine", engine, "--jobs", str(jobs)]
    start = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-m", "denoising", "image", *options],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    taken = time.perf_counter() - start
    if done.returncode:
        raise UserError(f"denoise image {' '.join(options)} failed: {done.stderr}")
    first = folder.with_name(f"{folder.name}-{ENGINES[0]}-{JOBS[0]}")
    for path in sorted(first.iterdir()):
        if path.read_bytes() != (output / path.name).read_bytes():
            raise UserError(f"{output / path.name} differs from {path}.")
    print(f"{engine}, {jobs} at a time: {folder.name}, {taken:.1f} s", file=sys.stderr, flush=True)
    return f"{taken:.1f}"


if __name__ == "__main__":
    run(main)
