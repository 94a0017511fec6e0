"""Tables of a run, made up, for the tests of the report."""

from collections.abc import Sequence

import pandas as pd

from denoising.evaluation.arms import ALL_ARMS, ARMS, FILTER_ARMS
from denoising.evaluation.intervals import Estimate, wilson
from denoising.evaluation.summaries import Measures

IMAGES = 300
SEES_NOISE = ("clean_trained", "noise_trained")
WRONG = {"clean_trained": 27, "noise_trained": 2, "denoised_clean_trained": 2, "joint": 3}
"""Mistakes on the noisy images; other arms have 4."""


def of(right: int) -> Estimate:
    """Return the accuracy of so many right images, with Wilson's interval."""
    return Estimate(right / IMAGES, *wilson(right, IMAGES))


def arms() -> dict[str, Measures]:
    """Return measures of every arm."""
    found = {}
    for place, arm in enumerate(ALL_ARMS):
        measures = {"accuracy": of(IMAGES - WRONG.get(arm, 4)), "nll": Estimate(0.07, 0.06, 0.08)}
        measures["ece"] = Estimate(0.05, 0.04, 0.06)
        measures["ece_perfect"] = Estimate(0.02, 0.012, 0.031)
        if arm in ARMS:
            measures["multiply_adds"] = Estimate(20_500_000)
        psnr = 16.0 if arm in SEES_NOISE else 28.0 - place
        if arm != "noise_trained":
            measures["psnr"] = Estimate(psnr, psnr - 0.1, psnr + 0.1)
            measures["ssim"] = Estimate(psnr / 30, psnr / 30 - 0.001, psnr / 30 + 0.001)
            measures["mae"] = Estimate(1 / psnr, 0.99 / psnr, 1.01 / psnr)
        if arm in SEES_NOISE:
            measures["accuracy_clean"] = of(IMAGES - 1)
        else:
            measures["psnr_gain"] = Estimate(psnr - 16, psnr - 16.1, psnr - 15.9)
        found[arm] = measures
    return found


def differences() -> dict[tuple[str, str], Measures]:
    """Return differences in accuracy: a gain, and one that may be chance."""
    found = {
        ("denoised_clean_trained", "clean_trained"): (Estimate(0.0833, 0.05, 0.12), 1e-9),
        ("denoised_trained", "noise_trained"): (Estimate(-0.0067, -0.02, 0.01), 0.25),
        ("joint", "noise_trained"): (Estimate(-0.0033, -0.018, 0.01), 1.0),
    }
    return {pair: compared(*numbers) for pair, numbers in found.items()}


def compared(gain: Estimate, p: float = 0.012) -> Measures:
    """Return the comparison of two arms."""
    return {"accuracy": gain, "mcnemar_p": Estimate(p)}


def detector() -> Measures:
    """Return the measures of a detector."""
    values = {"average_precision": 0.69, "eer": 0.34, "youden_threshold": -2.5}
    values |= {"youden_tpr": 0.69, "youden_fpr": 0.36, "tpr_at_1pct_fpr": 0.04}
    values |= {"positives": 1000, "negatives": 1000}
    found = {name: Estimate(value) for name, value in values.items()}
    return {"auc": Estimate(0.714, 0.692, 0.736)} | found


def calibration() -> pd.DataFrame:
    """Return the calibration errors of each arm after temperature scaling."""
    errors = {"ece_calibrated": 0.014, "ece_calibrated_low": 0.01, "ece_calibrated_high": 0.018}
    return pd.DataFrame({"arm": [*ARMS], "temperature": 0.7, **errors})


def filters() -> pd.DataFrame:
    """Return the parameters of the denoisers without training."""
    return pd.DataFrame({"arm": [*FILTER_ARMS], "parameter": [3.0, 0.12, 0.16, 0.16], "n": IMAGES})


def sweep_table(levels: Sequence[float], kinds: Sequence[str]) -> pd.DataFrame:
    """Return accuracies that fall with the level; denoising pays from the second level on."""
    rows = []
    for kind in kinds:
        for level in levels:
            arms = [*ALL_ARMS] if kind == kinds[0] else [*ARMS]
            for place, arm in enumerate(arms):
                accuracy = 0.95 - level * (1 if place == 0 else 0.5) - 0.01 * bool(place)
                row = {"kind": kind, "level": level, "arm": arm, "n": 40, "accuracy": accuracy}
                row |= {"accuracy_low": accuracy - 0.02, "accuracy_high": accuracy + 0.02}
                row |= {"psnr": 30 - 30 * level if level else 100.0, "mae": level / 2}
                rows.append(row | {"harm_rate": 0.05, "help_rate": 0.025})
    return pd.DataFrame(rows)


def over_levels(sweep: pd.DataFrame) -> pd.DataFrame:
    """Return the summaries of every arm of a sweep; filters have no intervals."""
    arms = sweep[["kind", "arm"]].drop_duplicates()
    found = {"accuracy": Estimate(0.8, 0.79, 0.81), "corruption_error": Estimate(0.62, 0.6, 0.64)}
    table = pd.concat(arms.assign(measure=name, **one._asdict()) for name, one in found.items())
    table.loc[table["arm"].isin(list(FILTER_ARMS)), ["low", "high"]] = float("nan")
    return table
