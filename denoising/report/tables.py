"""The tables of the report: cells as text, with 95% intervals."""

from math import isnan
from typing import NamedTuple

import pandas as pd

from denoising.evaluation.arms import ARM_LABELS, ARMS, FILTER_ARMS
from denoising.evaluation.intervals import Estimate
from denoising.evaluation.summaries import Measures
from denoising.noise.kinds import KINDS
from denoising.report.numbers import level_text, percent, spread
from denoising.report.results import accuracy_of, ends, read_arms
from denoising.report.states import STATES

OVER_LEVELS = {
    "accuracy": "mean over the levels above 0",
    "corruption_error": "errors, relative to clean-trained",
    "relative_corruption_error": "lost accuracy, relative to clean-trained",
}
"""The summaries over noise levels, with their names."""


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
    ece_perfect : the range of the error of a perfectly calibrated model on as many images.
    multiply_adds : for one image, in millions.
    """

    label: str
    how: str
    accuracy: Cell
    low: float
    middle: float
    high: float
    balanced: Cell | None
    nll: str
    ece: Cell
    ece_calibrated: Cell
    ece_perfect: str
    multiply_adds: str


class LevelTable(NamedTuple):
    """Accuracies by level of one kind of noise.

    Attributes
    ----------
    kind, label, unit : key and shown name of the kind of noise, and the unit of its level.
    images : on which it was measured; denoisers without training may have fewer.
    arms : shown names.
    rows : a level and the accuracy of each arm.
    means : the summaries over the levels above 0: a name and a cell for each arm.
    """

    kind: str
    label: str
    unit: str
    images: int
    arms: list[str]
    rows: list[tuple[str, list[Cell]]]
    means: list[tuple[str, list[Cell | None]]]


def accuracy(found: Estimate) -> Cell:
    """Return an accuracy in percent with its interval."""
    return Cell(percent(found.value, 2), spread(found, 2))


def score(found: Estimate, digits: int) -> Cell:
    """Return a score with its interval."""
    return Cell(f"{found.value:.{digits}f}", spread(found, digits, 1))


def between(found: Estimate) -> str:
    """Return the interval of a calibration error, or its value if the interval has no width."""
    return spread(found, 3, 1) or f"{found.value:.3f}"


def ratio(found: Estimate) -> Cell:
    """Return a ratio with its interval."""
    return score(found, 2)


def arms(found: dict[str, Measures], calibration: pd.DataFrame) -> list[ArmRow]:
    """Return a row for each arm; `calibration` is the table `plots/calibration.csv`."""
    calibrated = calibration.set_index("arm").to_dict("index")
    rows = []
    for name, arm in ARMS.items():
        right = found[name]["accuracy"]
        balanced = found[name].get("balanced_accuracy")
        drawn = ends(right).low, right.value, ends(right).high
        low, middle, high = (round(100 * value, 2) for value in drawn)
        scaled = Estimate(
            *(calibrated[name][f"ece_calibrated{end}"] for end in ("", "_low", "_high"))
        )
        rows.append(
            ArmRow(
                arm.label,
                arm.how,
                accuracy(right),
                low,
                middle,
                high,
                accuracy(balanced) if balanced else None,
                nll=f"{found[name]['nll'].value:.3f}",
                ece=score(found[name]["ece"], 3),
                ece_calibrated=score(scaled, 3),
                ece_perfect=between(found[name]["ece_perfect"]),
                multiply_adds=f"{found[name]['multiply_adds'].value / 1e6:.1f}",
            )
        )
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


def by_level(sweep: pd.DataFrame, over_levels: pd.DataFrame, kinds: list[str]) -> list[LevelTable]:
    """Return a table for each kind of noise, with the arms that were measured on it.

    `sweep` and `over_levels` are the tables `plots/sweep.csv` and `plots/over_levels.csv`.
    """
    return [
        _of_kind(
            kind, sweep.loc[sweep["kind"] == kind], over_levels.loc[over_levels["kind"] == kind]
        )
        for kind in kinds
    ]


def _of_kind(kind: str, sweep: pd.DataFrame, over_levels: pd.DataFrame) -> LevelTable:
    measured = set(sweep["arm"])
    names = {name: label for name, label in ARM_LABELS.items() if name in measured}
    rows = []
    for level in sorted(set(sweep["level"])):
        of_arm = sweep.loc[sweep["level"] == level].set_index("arm").to_dict("index")
        rows.append((level_text(level), [accuracy(accuracy_of(of_arm[name])) for name in names]))
    found = read_arms(over_levels)
    means: list[tuple[str, list[Cell | None]]] = []
    for measure, label in OVER_LEVELS.items():
        shown = accuracy if measure == "accuracy" else ratio
        cells = [shown(found[name][measure]) if measure in found[name] else None for name in names]
        if any(cells):
            means.append((label, cells))
    return LevelTable(
        kind,
        *KINDS[kind],
        images=int(sweep["n"].max()),
        arms=list(names.values()),
        rows=rows,
        means=means,
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
