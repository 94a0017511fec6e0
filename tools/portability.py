"""Measure how far measures differ between processors: `python -m tools.portability`.

The pipeline of the last commit runs in fresh clones, with the processor's newest instructions, and
without some of them as stand-ins for other hardware. The differences from the first run are printed
and kept in ``results/portability.md``; `python -m tools.tables` puts them into the docs.
"""

import os
import tempfile
from pathlib import Path

import pandas as pd

from denoising.evaluation.arms import ARMS
from denoising.files.atomic import replacing
from denoising.files.tables import read_csv
from tools._kept import Measure, markdown, value
from tools._program import RESULTS, run
from tools.verify import check_committed, run_in_clone

VARIANTS: dict[str, dict[str, str]] = {
    "as it is": {},
    "without oneDNN": {"TF_ENABLE_ONEDNN_OPTS": "0"},
    "oneDNN for AVX2": {"ONEDNN_MAX_CPU_ISA": "AVX2"},
    "oneDNN for SSE4.1": {"ONEDNN_MAX_CPU_ISA": "SSE41"},
}
MEASURES = {
    "clean_trained": ("accuracy_clean", "accuracy"),
    "noise_trained": ("accuracy",),
    "denoised_clean_trained": ("psnr", "ssim", "mae", "accuracy"),
    "joint": ("psnr", "ssim", "accuracy"),
}
WORDS = {
    "accuracy_clean": "accuracy on clean images",
    "accuracy": "accuracy",
    "psnr": "PSNR (dB)",
    "ssim": "SSIM",
    "mae": "MAE",
}


def main() -> None:
    check_committed()
    found = {name: measure(variables) for name, variables in VARIANTS.items()}
    first, *others = VARIANTS
    rows = [
        {"measure": measure, first: f"{number:.6g}"}
        | {name: f"{found[name][measure] - number:+.2g}" for name in others}
        for measure, number in found[first].items()
    ]
    text = markdown(pd.DataFrame(rows))
    print(text)
    with replacing(RESULTS / "portability.md") as partial:
        partial.write_text(text + "\n", "utf-8")


def measure(variables: dict[str, str]) -> dict[str, float]:
    """Return the measures of a run in a fresh clone, with these environment variables."""
    with tempfile.TemporaryDirectory() as folder:
        run_in_clone(Path(folder), {**os.environ, **variables})
        return measured(Path(folder))


def measured(folder: Path) -> dict[str, float]:
    """Return the measures of the run in a folder, by their shown names."""
    measures = [
        Measure(f"{ARMS[arm].label}: {WORDS[name]}", arm, name)
        for arm, names in MEASURES.items()
        for name in names
    ]
    found = {one.label: number.value for one in measures if (number := value(folder, one))}
    detector = read_csv(folder / "plots/detector/summary.csv")
    auc = detector.loc[detector["measure"] == "auc", "value"].item()
    return found | {"detector: AUC": float(auc)}


if __name__ == "__main__":
    run(main)
