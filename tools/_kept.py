"""Numbers of kept runs, and tables of them in Markdown."""

import re
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd

from denoising.config.yaml_reader import load
from denoising.evaluation.arms import ARMS
from denoising.files.atomic import existing
from denoising.files.tables import read_json
from tools._program import RESULTS, ROOT

DIGITS = ROOT
FASHION = RESULTS / "fashion_mnist"


class Measure(NamedTuple):
    """A number of a run: its shown name, its file in ``metrics/``, and its key there."""

    label: str
    file: str
    key: str


JOINT, NOISE_TRAINED = ARMS["joint"].label, ARMS["noise_trained"].label
MEASURES = [
    Measure(
        f"{ARMS['clean_trained'].label} on clean images",
        "classifier",
        "clean_trained.accuracy_clean",
    ),
    Measure(
        f"{ARMS['clean_trained'].label} on noisy images", "classifier", "clean_trained.accuracy"
    ),
    Measure(ARMS["denoised_clean_trained"].label, "denoised", "denoised_clean_trained.accuracy"),
    Measure(NOISE_TRAINED, "classifier", "noise_trained.accuracy"),
    Measure(ARMS["denoised_trained"].label, "calibration", "denoised_trained.accuracy"),
    Measure(JOINT, "joint", "joint.accuracy"),
    Measure(
        f"{JOINT} minus {NOISE_TRAINED} (paired)", "joint", "joint_minus_noise_trained.accuracy"
    ),
    Measure("PSNR of noisy images (dB)", "denoised", "psnr_noisy"),
    Measure("PSNR of the autoencoder (dB)", "denoised", "psnr"),
    Measure(f"PSNR of the {JOINT} (dB)", "joint", "psnr"),
    Measure("SSIM of noisy images", "denoised", "ssim_noisy"),
    Measure("SSIM of the autoencoder", "denoised", "ssim"),
    Measure("MAE of the autoencoder", "denoised", "mae"),
]


def read_yaml(path: Path) -> Any:
    """Return the value of a YAML file of this project, as DVC reads it (YAML 1.2)."""
    return load(existing(path).read_text("utf-8"))


def value(run: Path, file: str, key: str) -> float | None:
    """Return a number of a run, by its dotted key; None if the run lacks it."""
    path = run / "metrics" / f"{file}.json"
    found: Any = read_json(path) if path.is_file() else {}
    for part in key.split("."):
        found = found.get(part) if found else None
    return found


def with_interval(run: Path, file: str, key: str) -> str:
    """Return a number of a run as text, with its interval if there is one."""
    ends = [value(run, file, f"{key}{end}") for end in ("", "_low", "_high")]
    texts = [number(key, found) for found in ends if found is not None]
    return f"{texts[0]} ({texts[1]} to {texts[2]})" if len(texts) == 3 else "".join(texts)


def number(key: str, found: float) -> str:
    """Return a number as text, with the digits and the sign that suit its key."""
    if "minus" in key:
        return f"{found:+.4f}"
    return f"{found:.2f}" if key.startswith("psnr") else f"{found:.4f}"


def markdown(table: pd.DataFrame) -> str:
    """Return a table of texts in Markdown, unpadded: one changed number changes one line."""
    text = table.fillna("").to_markdown(index=False, disable_numparse=True) or ""
    return re.sub(r" +\|", " |", re.sub(r":?-{3,}:?", "---", text))
