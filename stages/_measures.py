"""Outputs of the evaluating stages: metrics of an arm, tables of measures, and a line of result."""

from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from denoising.evaluation.arms import ARM_LABELS, FILTER_ARMS
from denoising.evaluation.summaries import Measures
from denoising.files.tables import write_csv, write_json
from stages._paths import METRICS

ARM_PARTS = Path("data/arms")
DIFFERENCE_PARTS = Path("data/differences")
METRIC_DIGITS = {"psnr": 2}
OTHER_DIGITS = 4
COLUMNS = ("measure", "value", "low", "high")
ARM_METRICS = (
    *("accuracy", "balanced_accuracy", "accuracy_clean"),
    *("nll", "ece", "psnr", "ssim", "mae"),
)
FILTER_METRICS = ("accuracy", "balanced_accuracy", "psnr", "ssim", "mae")


def write_metrics(name: str, measures: Measures, keys: tuple[str, ...]) -> None:
    """Write ``metrics/NAME.json``: the values of those `keys` that were measured, rounded.

    Few digits keep `dvc metrics diff` from listing differences in the last bits.
    """
    values = {
        key: round(measures[key].value, METRIC_DIGITS.get(key, OTHER_DIGITS))
        for key in keys
        if key in measures
    }
    write_json(METRICS / f"{name}.json", values)


def write_arms(path: Path, arms: Mapping[str, Measures]) -> None:
    """Write the metrics of arms, and all their measures with intervals into a table at `path`."""
    for arm, measures in arms.items():
        keys = FILTER_METRICS if arm in FILTER_ARMS else ARM_METRICS
        write_metrics(arm, measures, keys)
    tables = [measure_table(measures) for measures in arms.values()]
    write_csv(path, pd.concat(tables, keys=arms, names=["arm"]).reset_index("arm"))


def measure_table(measures: Measures) -> pd.DataFrame:
    """Return measures as a table: ``measure``, ``value``, ``low``, ``high``."""
    rows = [{"measure": name, **found._asdict()} for name, found in measures.items()]
    return pd.DataFrame(rows, columns=pd.Index(COLUMNS))


def write_differences(path: Path, differences: Mapping[tuple[str, str], Measures]) -> None:
    """Write comparisons of two arms, by the names of both, the first minus the second."""
    tables = [measure_table(measures) for measures in differences.values()]
    joined = pd.concat(tables, keys=differences, names=["arm", "minus"])
    write_csv(path, joined.reset_index(["arm", "minus"]))


def report_result(arm: str, measures: Measures) -> None:
    """Print the result of an arm on noisy test images in one line."""
    text = f"{ARM_LABELS[arm]}: {measures['accuracy'].value:.1%} right on noisy test images"
    if "accuracy_clean" in measures:
        text += f", {measures['accuracy_clean'].value:.1%} on clean ones"
    if "psnr" in measures:
        text += f", PSNR {measures['psnr'].value:.1f} dB"
    print(text)
