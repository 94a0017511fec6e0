"""Numbers of kept runs, and their tables and templates in Markdown."""

import math
import re
from pathlib import Path
from typing import Any, NamedTuple

import jinja2
import pandas as pd

from denoising.config.yaml_reader import load
from denoising.evaluation.arms import ARMS, FILTER_ARMS
from denoising.files.atomic import existing
from denoising.files.tables import read_csv
from tools._program import RESULTS

DIGITS = RESULTS / "digits"
FASHION = RESULTS / "fashion_mnist"


class Measure(NamedTuple):
    """A measure of an arm, or its paired difference from another arm, with its shown name."""

    label: str
    arm: str
    measure: str
    minus: str = ""


class Value(NamedTuple):
    """A number of a run with its 95% interval; `low` and `high` are NaN if it has none."""

    value: float
    low: float
    high: float
    decimals: int
    signed: bool

    def __str__(self) -> str:
        interval = f" ({self.ends()})" if self.ends() else ""
        return f"{self.text(self.value)}{interval}"

    def ends(self) -> str:
        """Return the interval as text, empty if there is none."""
        return " to ".join(self.text(end) for end in (self.low, self.high) if not math.isnan(end))

    def text(self, number: float) -> str:
        """Return a number with the digits and the sign of this measure."""
        return f"{number:{'+' if self.signed else ''}.{self.decimals}f}"


JOINT, NOISE_TRAINED = ARMS["joint"].label, ARMS["noise_trained"].label
MEASURES = [
    Measure(f"{ARMS['clean_trained'].label} on clean images", "clean_trained", "accuracy_clean"),
    Measure(f"{ARMS['clean_trained'].label} on noisy images", "clean_trained", "accuracy"),
    *(
        Measure(ARMS[arm].label, arm, "accuracy")
        for arm in ("denoised_clean_trained", "noise_trained", "denoised_trained", "joint")
    ),
    Measure(f"{JOINT} minus {NOISE_TRAINED} (paired)", "joint", "accuracy", "noise_trained"),
    Measure("PSNR of noisy images (dB)", "clean_trained", "psnr"),
    Measure("PSNR of the autoencoder (dB)", "denoised_clean_trained", "psnr"),
    Measure(f"PSNR of the {JOINT} (dB)", "joint", "psnr"),
    Measure("SSIM of noisy images", "clean_trained", "ssim"),
    Measure("SSIM of the autoencoder", "denoised_clean_trained", "ssim"),
    Measure("SSIM of the autoencoder, uniform window", "denoised_clean_trained", "ssim_uniform"),
    Measure("MAE of the autoencoder", "denoised_clean_trained", "mae"),
]


def read_yaml(path: Path) -> Any:
    """Return the value of a YAML file of this project, as DVC reads it (YAML 1.2)."""
    return load(existing(path).read_text("utf-8"))


def value(run: Path, one: Measure) -> Value | None:
    """Return a number of a run; None if the run lacks it."""
    path = run / "plots" / ("differences.csv" if one.minus else "arms.csv")
    if not path.is_file():
        return None
    table = read_csv(path)
    here = (table["arm"] == one.arm) & (table["measure"] == one.measure)
    if one.minus:
        here &= table["minus"] == one.minus
    rows = table.loc[here, ["value", "low", "high"]].to_numpy(float)
    if not len(rows):
        return None
    number, low, high = map(float, rows[0])
    return Value(number, low, high, decimals(run, one), signed=bool(one.minus))


def decimals(run: Path, one: Measure) -> int:
    """Return the decimals that a number is shown with.

    A proportion of images has as many as it takes to tell one image more or less: 3 of 300.
    """
    if one.measure.startswith("psnr"):
        return 2
    if one.measure.startswith("ece"):
        return 3
    if not one.measure.startswith("accuracy"):
        return 4
    return math.ceil(math.log10(images(run, one.arm)))


def images(run: Path, arm: str) -> int:
    """Return the number of test images on which an arm was measured."""
    if arm not in FILTER_ARMS:
        return data(run)["test"]
    return int(read_csv(run / "plots/filters.csv").set_index("arm").at[arm, "n"])


def data(run: Path) -> dict[str, int]:
    """Return the numbers of images, pixels, channels and classes of a run's data set."""
    table = read_csv(run / "plots/data.csv").set_index("measure")["value"]
    return {str(key): int(number) for key, number in table.drop("dataset").items()}


def with_interval(run: Path, one: Measure) -> str:
    """Return a number of a run as text, with its interval if there is one; empty if it lacks it."""
    return str(value(run, one) or "")


def markdown(table: pd.DataFrame) -> str:
    """Return a table of texts in Markdown, unpadded: one changed number changes one line."""
    text = table.fillna("").to_markdown(index=False, disable_numparse=True) or ""
    return re.sub(r" +\|", " |", re.sub(r":?-{3,}:?", "---", text))


def markdown_environment() -> jinja2.Environment:
    """Return the settings of Jinja for templates in Markdown; an unknown name is an error."""
    return jinja2.Environment(
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
