"""The tables of the page: cells as text, with their 95% intervals."""

from typing import NamedTuple

import pandas as pd

from denoising.config.noise import Noise
from denoising.evaluation.arms import ARMS, FILTER_ARMS
from denoising.report.numbers import level_text, percent, spread


class Cell(NamedTuple):
    """A number as text, and its interval, where it has one."""

    text: str
    interval: str = ""


class ArmRow(NamedTuple):
    """An arm at the level that was trained on; the accuracy also in percent, to be drawn."""

    label: str
    how: str
    accuracy: Cell
    low: float
    middle: float
    high: float
    nll: str
    ece: str
    ece_calibrated: str


def accuracy(part: dict, key: str = "accuracy") -> Cell:
    """Return an accuracy in percent with its interval."""
    return Cell(percent(part[key], 2), spread(part, key, 2))


def score(part: dict, key: str, digits: int) -> Cell:
    """Return a score with its interval."""
    return Cell(f"{part[key]:.{digits}f}", spread(part, key, digits, 1))


def arms(calibration: dict[str, dict]) -> list[ArmRow]:
    """Return the arms side by side."""
    return [
        ArmRow(
            *arm,
            accuracy(found),
            *(round(100 * found[f"accuracy{end}"], 2) for end in ("_low", "", "_high")),
            f"{found['nll']:.3f}",
            f"{found['ece']:.3f}",
            f"{found['ece_calibrated']:.3f}",
        )
        for name, arm in ARMS.items()
        for found in [calibration[name]]
    ]


def scale(rows: list[ArmRow]) -> tuple[int, int]:
    """Return from where to where, in percent, the accuracies of the arms are drawn."""
    ends = min(row.low for row in rows) // 5, -(-max(row.high for row in rows) // 5)
    low, high = (5 * int(end) for end in ends)
    return low, max(high, low + 5)


def restoration(
    denoised: dict, joint: dict, sweep: pd.DataFrame, noise: Noise
) -> list[tuple[str, Cell, Cell, Cell | None]]:
    """Return how near images are to the clean ones: PSNR, SSIM and mean absolute error.

    The error of noisy images is that of the sweep, None where it leaves out the level of `noise`.
    """
    of_noise = (sweep["kind"] == noise.kind) & (sweep["level"] == noise.level)
    left = sweep.loc[of_noise & (sweep["arm"] == "clean_trained"), "mae"]
    error = Cell(f"{left.iloc[0]:.4f}") if len(left) else None
    before = (score(denoised, "psnr_noisy", 2), score(denoised, "ssim_noisy", 4), error)
    return [
        ("noisy images, left as they are", *before),
        *(
            (label, score(part, "psnr", 2), score(part, "ssim", 4), score(part, "mae", 4))
            for label, part in (("autoencoder", denoised), ("joint network", joint))
        ),
    ]


def classical(found: dict[str, dict]) -> list[tuple[str, str, str, str, Cell]]:
    """Return denoisers that need no training: parameter, PSNR, SSIM, accuracy behind them."""
    return [
        (
            FILTER_ARMS[name].label,
            f"{row['parameter']:g}",
            f"{row['psnr']:.2f}",
            f"{row['ssim']:.4f}",
            accuracy(row),
        )
        for name, row in found.items()
    ]


def by_level(sweep: pd.DataFrame, kind: str) -> tuple[list[str], list[tuple[str, list[Cell]]]]:
    """Return the accuracy of each arm at each level of one kind: labels, and a row a level."""
    part = sweep[(sweep["kind"] == kind) & sweep["arm"].isin(ARMS)]
    rows = []
    for level, cells in part.groupby("level"):
        of_arm = cells.set_index("arm").to_dict("index")
        rows.append((level_text(level), [accuracy(of_arm[arm]) for arm in ARMS]))
    return [arm.label for arm in ARMS.values()], rows


def detector(roc: dict) -> list[tuple[str, Cell]]:
    """Return what is measured of the detector's curve."""
    return [
        ("Area under the ROC curve (AUC)", score(roc, "auc", 3)),
        ("Average precision", Cell(f"{roc['average_precision']:.3f}")),
        ("Equal error rate", Cell(percent(roc["eer"]))),
        ("Signs found at 1% false positives", Cell(percent(roc["tpr_at_1pct_fpr"]))),
        (
            f"Signs found at the threshold {_minus(roc['youden_threshold'])} (Youden's)",
            Cell(percent(roc["youden_tpr"])),
        ),
        ("False positives there", Cell(percent(roc["youden_fpr"]))),
        ("Patches with a sign", Cell(f"{roc['positives']:,}")),
        ("Patches without", Cell(f"{roc['negatives']:,}")),
    ]


def _minus(number: float) -> str:
    return f"{number:.3g}".replace("-", "−")
