"""Measure how far metrics differ between processors: `python -m tools.portability`.

The pipeline of the last commit runs in fresh clones, with the processor's newest instructions, and
without some of them as stand-ins for other hardware. The differences from the first run are printed
and kept in ``results/portability.md``; `python -m tools.tables` puts them into the docs.
"""

import os
import sys
import tempfile
from pathlib import Path

import pandas as pd

from denoising.files.atomic import replacing
from tools._kept import markdown, value
from tools._program import RESULTS, ROOT
from tools._program import run as run_program
from tools.verify import check_committed, run

VARIANTS: dict[str, dict[str, str]] = {
    "as it is": {},
    "without oneDNN": {"TF_ENABLE_ONEDNN_OPTS": "0"},
    "oneDNN for AVX2": {"ONEDNN_MAX_CPU_ISA": "AVX2"},
    "oneDNN for SSE4.1": {"ONEDNN_MAX_CPU_ISA": "SSE41"},
}
METRICS = {
    "classifier": (
        "clean_trained.accuracy_clean",
        "clean_trained.accuracy",
        "noise_trained.accuracy",
    ),
    "denoised": ("psnr", "ssim", "mae", "denoised_clean_trained.accuracy"),
    "joint": ("psnr", "ssim", "joint.accuracy"),
    "roc": ("auc",),
}


def main() -> None:
    check_committed()
    found = {name: measure(variables) for name, variables in VARIANTS.items()}
    first, *others = VARIANTS
    rows = [
        {"metric": metric, first: f"{value:.6g}"}
        | {name: f"{found[name][metric] - value:+.2g}" for name in others}
        for metric, value in found[first].items()
    ]
    text = markdown(pd.DataFrame(rows))
    print(text)
    with replacing(RESULTS / "portability.md") as partial:
        partial.write_text(text + "\n", "utf-8")


def measure(variables: dict[str, str]) -> dict[str, float]:
    """Return the metrics of a run in a fresh clone, with these environment variables."""
    with tempfile.TemporaryDirectory() as folder:
        run("git", "clone", "--quiet", ROOT, folder)
        path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
        environment = os.environ | {"PATH": path} | variables
        run(sys.executable, "-m", "dvc", "repro", "--force", cwd=folder, env=environment)
        found = {
            f"{file}: {key}": value(Path(folder), file, key)
            for file, keys in METRICS.items()
            for key in keys
        }
    return {metric: number for metric, number in found.items() if number is not None}


if __name__ == "__main__":
    run_program(main)
