"""Measure stages on large data sets: `python -m tools.large_data`.

Made-up sets of 28×28 pixels go through `download` and `add_noise`, with stored noise for all
training images, and through the evaluating stages, with small networks that are trained before. A
row is printed for each stage: images, stage, seconds by the clock, and anonymous memory in MB, see
`tools._memory`. Six million images take 20 GB of disk while the program runs. Linux only.
"""

import argparse
import shutil
import tempfile
from pathlib import Path

from tqdm import tqdm

from tools._made_up_sets import train_networks, write_set
from tools._memory import Used, run_stage
from tools._program import ROOT, run

TRAIN, TEST = (60_000, 600_000, 6_000_000), (10_000, 100_000, 1_000_000)
FEW = 10_000
"""The images of the other split, where one is large."""
WRITING = ("download", "add_noise")
EVALUATING = (
    *("evaluate_classifier", "evaluate_denoised", "evaluate_joint", "evaluate_calibration"),
    *("evaluate_reference", "sweep"),
)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tools.large_data", description=__doc__)
    parser.add_argument("--train", type=int, nargs="*", default=TRAIN, help="training images")
    parser.add_argument("--test", type=int, nargs="*", default=TEST, help="test images")
    parser.add_argument(
        "--folder", type=Path, default=ROOT / "logs", help="where the disk has space"
    )
    given = parser.parse_args()
    given.folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=given.folder) as name:
        folder, networks = Path(name) / "set", Path(name) / "networks"
        for number in tqdm(given.train, desc="training images"):
            write_set(folder, number, FEW)
            for stage in WRITING:
                report(number, "training", stage, run_stage(stage, folder))
            shutil.rmtree(folder)
        if given.test:
            train_networks(networks)
        for number in tqdm(given.test, desc="test images"):
            write_set(folder, FEW, number)
            shutil.copytree(networks / "models", folder / "models")
            for stage in (*WRITING, "calibrate", "evaluate_classical"):
                run_stage(stage, folder)
            for stage in EVALUATING:
                report(number, "test", stage, run_stage(stage, folder))
            shutil.rmtree(folder)


def report(number: int, split: str, stage: str, used: Used) -> None:
    """Print what a stage took for a number of images, as a row of a table in Markdown."""
    tqdm.write(f"| {number:,} {split} | `{stage}` | {used.seconds:,.0f} | {used.memory:,.0f} |")


if __name__ == "__main__":
    run(main)
