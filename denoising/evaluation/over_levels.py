"""Summaries of the arms over noise levels, as in benchmarks of corrupted images.

Hendrycks and Dietterich 2019 (arXiv:1903.12261), with the noise levels of the sweep above 0 as the
severities, and the clean-trained classifier in the place of AlexNet.
"""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from denoising.evaluation.intervals import Estimate, resampled
from denoising.evaluation.summaries import Measures

REFERENCE = "clean_trained"
EQUAL = 1e-12  # sums of error rates that differ by rounding alone
ALL_KINDS = "all"
"""The name in the tables of the mean over the kinds of noise."""

Curves = Mapping[str, np.ndarray]
"""The error rate of each arm at L levels, (L,), or of R resamples of the images, (L, R)."""


def ratios(levels: list[float], errors: Curves) -> dict[str, dict[str, np.ndarray]]:
    """Return the summaries of each arm; `errors` must have the `REFERENCE`.

    Returns
    -------
    ``accuracy`` : its mean over the levels above 0, each of which weighs the same.
    ``corruption_error`` : the sum of the errors at these levels, divided by that of the reference.
    ``relative_corruption_error`` : the same for the increase of the error over that without noise.

    A ratio is NaN where the reference has no error or no increase, and the last one is left out if
    level 0 was not measured.
    """
    noisy = np.array(levels) > 0
    sums = {arm: curve[noisy].sum(axis=0) for arm, curve in errors.items()}
    found = {
        arm: {
            "accuracy": 1 - total / noisy.sum(),
            "corruption_error": _divided(total, sums[REFERENCE]),
        }
        for arm, total in sums.items()
    }
    if not noisy.all():
        grown = {arm: sums[arm] - noisy.sum() * curve[0] for arm, curve in errors.items()}
        for arm, increase in grown.items():
            ratio = _divided(increase, grown[REFERENCE])
            found[arm]["relative_corruption_error"] = ratio
    return found


def _divided(value: np.ndarray, reference: np.ndarray) -> np.ndarray:
    """Return a ratio, NaN where the reference is not above 0."""
    positive = np.where(reference > EQUAL, reference, np.nan)
    return value / positive


def over_levels(levels: list[float], wrong: Curves, *stream: int | str) -> dict[str, Measures]:
    """Return the summaries of each arm with 95% bootstrap intervals, paired over the images.

    Parameters
    ----------
    levels : L noise levels, ascending.
    wrong : by arm, (L, N), 1 for each of N images that is misclassified, else 0.
    stream : the name of the random stream for the bootstrap.
    """
    means = {arm: one.mean(axis=1) for arm, one in wrong.items()}
    draws = {arm: resampled(one, *stream, "over levels") for arm, one in wrong.items()}
    spread = ratios(levels, draws)
    return {
        arm: {
            name: _estimate(float(value), spread[arm][name])
            for name, value in found.items()
            if np.isfinite(value)
        }
        for arm, found in ratios(levels, means).items()
    }


def _estimate(value: float, draws: np.ndarray) -> Estimate:
    """Return a value with the percentiles of its resamples, if every one of them has a value."""
    if not np.isfinite(draws).all():
        return Estimate(value)
    return Estimate(value, *map(float, np.percentile(draws, [2.5, 97.5])))


def of_rates(levels: list[float], errors: Curves) -> dict[str, Measures]:
    """Return the summaries, without intervals, of arms of which only error rates, (L,), are known.

    `errors` must have the `REFERENCE`, which is left out of the result.
    """
    return {
        arm: {name: Estimate(float(value)) for name, value in found.items() if np.isfinite(value)}
        for arm, found in ratios(levels, errors).items()
        if arm != REFERENCE
    }


def over_kinds(table: pd.DataFrame) -> pd.DataFrame:
    """Return the means over the kinds of noise: of arms and measures that every kind has.

    `table` has the columns ``kind``, ``arm``, ``measure`` and ``value``.
    """
    values = table.groupby(["arm", "measure"], sort=False)["value"]
    found = values.agg(["mean", "size"]).reset_index()
    means = found.loc[found.pop("size") == table["kind"].nunique()]
    return means.rename(columns={"mean": "value"}).assign(kind=ALL_KINDS)
