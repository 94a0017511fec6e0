"""The tables of the report: cells as text, with 95% intervals."""

from typing import NamedTuple

import pandas as pd

from denoising.config.noise import Noise
from denoising.evaluation.arms import ARMS, FILTER_ARMS
from denoising.report.numbers import level_text, percent, spread
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
    nll, ece, ece_calibrated : log-loss and calibration errors.
    """

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
    """Return a row for each arm; `calibration` is the content of `metrics/calibration.json`."""
    rows = []
    for name, arm in ARMS.items():
        found = calibration[name]
        low, middle, high = (
            round(100 * found[f"accuracy{end}"], 2) for end in ("_low", "", "_high")
        )
        texts = [f"{found[key]:.3f}" for key in ("nll", "ece", "ece_calibrated")]
        rows.append(ArmRow(arm.label, arm.how, accuracy(found), low, middle, high, *texts))
    return rows


def scale(rows: list[ArmRow]) -> tuple[int, int]:
    """Return the ends, in percent, of the axis on which accuracies are drawn."""
    ends = min(row.low for row in rows) // 5, -(-max(row.high for row in rows) // 5)
    low, high = (5 * int(end) for end in ends)
    return low, max(high, low + 5)


def restoration(
    denoised: dict, joint: dict, sweep: pd.DataFrame, noise: Noise
) -> list[tuple[str, Cell, Cell, Cell | None]]:
    """Return PSNR, SSIM and mean absolute error of noisy and denoised images.

    The error of noisy images comes from the sweep; it is None if the sweep omits the level of
    `noise`.
    """
    of_noise = (sweep["kind"] == noise.kind) & (sweep["level"] == noise.level)
    errors = sweep.loc[of_noise & (sweep["arm"] == STATES["noisy"].arm), "mae"]
    error = Cell(f"{errors.iloc[0]:.4f}") if len(errors) else None
    before = (score(denoised, "psnr_noisy", 2), score(denoised, "ssim_noisy", 4), error)
    return [
        (STATES["noisy"].label, *before),
        *(
            (
                STATES[state].label,
                score(part, "psnr", 2),
                score(part, "ssim", 4),
                score(part, "mae", 4),
            )
            for state, part in (("denoised", denoised), ("joint", joint))
        ),
    ]


def classical(found: dict[str, dict]) -> list[tuple[str, str, str, str, Cell]]:
    """Return a row for each denoiser without training: parameter, PSNR, SSIM and accuracy."""
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
    """Return the shown names of the arms, and their accuracies at each level of one kind."""
    table = sweep.loc[(sweep["kind"] == kind) & sweep["arm"].isin(list(ARMS))]
    rows = []
    for level in sorted(set(table["level"])):
        of_arm = table.loc[table["level"] == level].set_index("arm").to_dict("index")
        rows.append((level_text(level), [accuracy(of_arm[arm]) for arm in ARMS]))
    return [arm.label for arm in ARMS.values()], rows


def detector(roc: dict) -> list[tuple[str, Cell]]:
    """Return the measures of the detector; `roc` is the content of `metrics/roc.json`."""
    return [
        ("Area under the ROC curve (AUC)", score(roc, "auc", 3)),
        ("Average precision", Cell(f"{roc['average_precision']:.3f}")),
        ("Equal error rate", Cell(percent(roc["eer"]))),
        ("Signs found at 1% false positives", Cell(percent(roc["tpr_at_1pct_fpr"]))),
        (
            f"Signs found at Youden's threshold ({_minus(roc['youden_threshold'])})",
            Cell(percent(roc["youden_tpr"])),
        ),
        ("False positives at that threshold", Cell(percent(roc["youden_fpr"]))),
        ("Patches with a sign", Cell(f"{roc['positives']:,}")),
        ("Patches without a sign", Cell(f"{roc['negatives']:,}")),
    ]


def _minus(number: float) -> str:
    return f"{number:.3g}".replace("-", "−")
