"""The tables of the report: cells as text, with 95% intervals."""

from math import isnan
from typing import NamedTuple

import pandas as pd

from denoising.evaluation.arms import ARM_LABELS, ARMS, FILTER_ARMS
from denoising.evaluation.intervals import Estimate
from denoising.evaluation.summaries import Measures
from denoising.noise.kinds import KINDS
from denoising.report.numbers import level_text, percent, spread
from denoising.report.results import accuracy_of, ends
from denoising.report.states import STATES


class Cell(NamedTuple):
    """A number as text, and its interval, empty if it has none."""

    text: str
    interval: str = ""


class ArmRow(NamedTuple):
    """An arm at the training noise level.

    Attributes
    ----------
    label, how : its shown name and how it works.
    accuracy : on noisy test images.
    low, middle, high : the accuracy and the ends of its interval in percent, for drawing.
    balanced : the average over the classes of the accuracy, None if the classes are equal.
    nll, ece, ece_calibrated : log-loss and calibration errors.
    """

    label: str
    how: str
    accuracy: Cell
    low: float
    middle: float
    high: float
    balanced: Cell | None
    nll: str
    ece: str
    ece_calibrated: str


class LevelTable(NamedTuple):
    """Accuracies by level of one kind of noise.

    Attributes
    ----------
    kind, label, unit : key and shown name of the kind of noise, and the unit of its level.
    images : on which it was measured; denoisers without training may have fewer.
    arms : shown names.
    rows : a level and the accuracy of each arm.
    areas : the mean over the levels of each arm.
    """

    kind: str
    label: str
    unit: str
    images: int
    arms: list[str]
    rows: list[tuple[str, list[Cell]]]
    areas: list[str]


def accuracy(found: Estimate) -> Cell:
    """Return an accuracy in percent with its interval."""
    return Cell(percent(found.value, 2), spread(found, 2))


def score(found: Estimate, digits: int) -> Cell:
    """Return a score with its interval."""
    return Cell(f"{found.value:.{digits}f}", spread(found, digits, 1))


def arms(found: dict[str, Measures], calibration: pd.DataFrame) -> list[ArmRow]:
    """Return a row for each arm; `calibration` is the table `plots/calibration.csv`."""
    calibrated = calibration.set_index("arm").to_dict("index")
    rows = []
    for name, arm in ARMS.items():
        right = found[name]["accuracy"]
        balanced = found[name].get("balanced_accuracy")
        drawn = ends(right).low, right.value, ends(right).high
        low, middle, high = (round(100 * value, 2) for value in drawn)
        numbers = [found[name][key].value for key in ("nll", "ece")]
        texts = [f"{value:.3f}" for value in (*numbers, calibrated[name]["ece_calibrated"])]
        cells = accuracy(right), accuracy(balanced) if balanced else None
        rows.append(ArmRow(arm.label, arm.how, cells[0], low, middle, high, cells[1], *texts))
    return rows


def scale(rows: list[ArmRow]) -> tuple[int, int]:
    """Return the ends, in percent, of the axis on which accuracies are drawn."""
    ends = min(row.low for row in rows) // 5, -(-max(row.high for row in rows) // 5)
    low, high = (5 * int(end) for end in ends)
    return low, max(high, low + 5)


def restoration(found: dict[str, Measures]) -> list[tuple[str, Cell, Cell, Cell]]:
    """Return PSNR, SSIM and mean absolute error of noisy and denoised images."""
    rows = []
    for state in STATES.values():
        measured = found[state.arm]
        psnr, ssim, mae = (measured[key] for key in ("psnr", "ssim", "mae"))
        rows.append((state.label, score(psnr, 2), score(ssim, 4), score(mae, 4)))
    return rows


def filters(
    found: dict[str, Measures], table: pd.DataFrame
) -> list[tuple[str, str, Cell, Cell, Cell]]:
    """Return a row for each denoiser without training: parameter, PSNR, SSIM and accuracy.

    `table` is `plots/filters.csv`.
    """
    return [
        (
            FILTER_ARMS[row["arm"]].label,
            f"{row['parameter']:g}",
            score(found[row["arm"]]["psnr"], 2),
            score(found[row["arm"]]["ssim"], 4),
            accuracy(found[row["arm"]]["accuracy"]),
        )
        for row in table.to_dict("records")
    ]


def by_level(sweep: pd.DataFrame, areas: pd.DataFrame, kinds: list[str]) -> list[LevelTable]:
    """Return a table for each kind of noise, with the arms that were measured on it.

    `sweep` and `areas` are the tables `plots/sweep.csv` and `plots/areas.csv`.
    """
    return [
        _of_kind(kind, sweep.loc[sweep["kind"] == kind], areas.loc[areas["kind"] == kind])
        for kind in kinds
    ]


def _of_kind(kind: str, sweep: pd.DataFrame, areas: pd.DataFrame) -> LevelTable:
    measured = set(sweep["arm"])
    names = {name: label for name, label in ARM_LABELS.items() if name in measured}
    rows = []
    for level in sorted(set(sweep["level"])):
        of_arm = sweep.loc[sweep["level"] == level].set_index("arm").to_dict("index")
        rows.append((level_text(level), [accuracy(accuracy_of(of_arm[name])) for name in names]))
    means = dict(zip(areas["arm"], areas["value"], strict=True))
    return LevelTable(
        kind,
        *KINDS[kind],
        images=int(sweep["n"].max()),
        arms=list(names.values()),
        rows=rows,
        areas=[percent(means[name], 2) for name in names],
    )


def detector(found: Measures) -> list[tuple[str, Cell]]:
    """Return the measures of the detector, from the table `plots/detector/summary.csv`."""
    value = found["youden_threshold"].value
    threshold = "infinite" if isnan(value) else f"{value:.3g}".replace("-", "−")
    return [
        ("Area under the ROC curve (AUC)", score(found["auc"], 3)),
        ("Average precision", score(found["average_precision"], 3)),
        ("Equal error rate", _rate(found["eer"])),
        ("Signs found at 1% false positives", _rate(found["tpr_at_1pct_fpr"])),
        (f"Signs found at Youden's threshold ({threshold})", _rate(found["youden_tpr"])),
        ("False positives at that threshold", _rate(found["youden_fpr"])),
        ("Patches with a sign", Cell(f"{found['positives'].value:,.0f}")),
        ("Patches without a sign", Cell(f"{found['negatives'].value:,.0f}")),
    ]


def _rate(found: Estimate) -> Cell:
    return Cell(percent(found.value), spread(found))
