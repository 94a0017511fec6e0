"""The measures of a run, read from the tables that its stages wrote."""

from collections.abc import Iterable
from typing import NamedTuple

import pandas as pd

from denoising.config.noise import Noise
from denoising.evaluation.arms import ALL_ARMS
from denoising.evaluation.intervals import Estimate
from denoising.evaluation.summaries import Measures
from denoising.report.facts import Facts
from denoising.report.panel import Example


class Ends(NamedTuple):
    """The ends of an interval."""

    low: float
    high: float


class Run(NamedTuple):
    """The results of a run, from which the page is made.

    Attributes
    ----------
    data : the table `plots/data.csv`: name of the data set, numbers of images, pixels and classes.
    arms : the measures of each arm, from the table `plots/arms.csv`.
    differences : those of one arm minus another, from the table `plots/differences.csv`.
    break_even : by kind of noise, the trained one first; None where there is no crossing.
    detector : from the table `plots/detector/summary.csv`.
    calibration, filters, over_levels, sweep, roc : the tables `plots/calibration.csv`,
        `plots/filters.csv`, `plots/over_levels.csv`, `plots/sweep.csv` and
        `plots/detector/roc.csv`.
    histories : training histories, by network.
    noise : used in training.
    levels : of the sweep, ascending.
    examples : images with a view at each of `levels` and at the level of `noise`.
    facts : on data, noise, networks and software.
    joint_weight : of the classification in the joint network's loss.
    detector_source : of the detector's outputs, ``rendered`` or ``files``.
    """

    data: dict[str, str | int]
    arms: dict[str, Measures]
    differences: dict[tuple[str, str], Measures]
    break_even: dict[str, Estimate | None]
    detector: Measures
    calibration: pd.DataFrame
    filters: pd.DataFrame
    over_levels: pd.DataFrame
    sweep: pd.DataFrame
    roc: pd.DataFrame
    histories: dict[str, pd.DataFrame]
    noise: Noise
    levels: list[float]
    examples: list[Example]
    facts: Facts
    joint_weight: float
    detector_source: str

    @property
    def kinds(self) -> list[str]:
        """The kinds of noise of the sweep, the trained one first."""
        return list(self.break_even)

    @property
    def images(self) -> int:
        """The number of test images."""
        return int(self.data["test"])


def ends(found: Estimate) -> Ends:
    """Return the ends of a measure's interval; both are its value if it has none."""
    return Ends(*(found.value if end is None else end for end in (found.low, found.high)))


def join_arms(parts: Iterable[pd.DataFrame]) -> pd.DataFrame:
    """Join tables with a column ``arm``; the rows are in the order of the arms."""
    order = {arm: place for place, arm in enumerate(ALL_ARMS)}
    joined = pd.concat(parts, ignore_index=True)
    return joined.sort_values("arm", key=lambda arms: arms.map(order), kind="stable")


def read_data(table: pd.DataFrame) -> dict[str, str | int]:
    """Return the contents of `plots/data.csv`: all are numbers but the name of the data set."""
    found = dict(zip(table["measure"], table["value"], strict=True))
    return {name: str(text) if name == "dataset" else int(text) for name, text in found.items()}


def read_measures(table: pd.DataFrame) -> Measures:
    """Return the measures of a table with the columns ``measure``, ``value``, ``low``, ``high``."""
    return {row["measure"]: _estimate(row) for row in table.to_dict("records")}


def read_arms(table: pd.DataFrame) -> dict[str, Measures]:
    """Return the measures of each arm; `table` is `plots/arms.csv`."""
    return {str(arm): read_measures(rows) for arm, rows in table.groupby("arm", sort=False)}


def read_differences(table: pd.DataFrame) -> dict[tuple[str, str], Measures]:
    """Return the measures of one arm minus another; `table` is `plots/differences.csv`."""
    pairs = table[["arm", "minus"]].drop_duplicates().itertuples(index=False, name=None)
    return {
        (arm, minus): read_measures(table.loc[(table["arm"] == arm) & (table["minus"] == minus)])
        for arm, minus in pairs
    }


def read_break_even(table: pd.DataFrame) -> dict[str, Estimate | None]:
    """Return the break-even level of each kind of noise; `table` is `plots/break_even.csv`."""
    return {
        row["kind"]: _estimate(row) if row["found"] else None for row in table.to_dict("records")
    }


def accuracy_of(row: dict) -> Estimate:
    """Return the accuracy in a row of `plots/sweep.csv`."""
    return Estimate(row["accuracy"], row["accuracy_low"], row["accuracy_high"])


def _estimate(row: dict) -> Estimate:
    ends = (None if pd.isna(row[end]) else float(row[end]) for end in ("low", "high"))
    return Estimate(float(row["value"]), *ends)
