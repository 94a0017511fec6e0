"""Numbers of a run, made up, for the tests of the report."""

from collections.abc import Sequence

import pandas as pd

from denoising.evaluation.arms import ARMS, FILTER_ARMS


def interval(key: str, value: float, low: float, high: float) -> dict[str, float]:
    """Return a measure with its interval."""
    return {key: value, f"{key}_low": low, f"{key}_high": high}


def paired(value: float, low: float, high: float) -> dict[str, float]:
    """Return an accuracy, or a difference of accuracies, with its interval."""
    return interval("accuracy", value, low, high)


def sweep_table(levels: Sequence[float], kinds: Sequence[str]) -> pd.DataFrame:
    """Return accuracies that fall with the level; denoising pays from the second level on."""
    rows = []
    for kind in kinds:
        for level in levels:
            arms = [*ARMS, *FILTER_ARMS] if kind == kinds[0] else [*ARMS]
            for place, arm in enumerate(arms):
                accuracy = 0.95 - level * (1 if place == 0 else 0.5) - 0.01 * bool(place)
                row = {"kind": kind, "level": level, "arm": arm, "n": 40, "accuracy": accuracy}
                row |= {"accuracy_low": accuracy - 0.02, "accuracy_high": accuracy + 0.02}
                row |= {"psnr": 30 - 30 * level if level else 100.0, "mae": level / 2}
                rows.append(row | {"harm_rate": 0.01, "help_rate": 0.02})
    return pd.DataFrame(rows)
