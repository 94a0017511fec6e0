"""Tables of the experiment: digits and Fashion-MNIST, with their baselines."""

import math
from collections.abc import Sequence
from pathlib import Path
from statistics import fmean

import pandas as pd

from denoising.evaluation.arms import ARMS, FILTER_ARMS
from denoising.files.tables import read_csv, read_json
from denoising.report.numbers import p_value_text
from tools._kept import (
    DIGITS,
    FASHION,
    MEASURES,
    Measure,
    Value,
    markdown,
    value,
    with_interval,
)
from tools._provenance import sentence
from tools._trainings import training_minutes

SEEDS = (FASHION, FASHION / "seed_1", FASHION / "seed_2")
EQUAL_WORK = "equal_work"  # a study that is kept within the folder of each run
CONTROL_LABEL = f"{ARMS['noise_trained'].label} of equal work"
COMPARED = (
    ("denoised_clean_trained", "clean_trained"),
    ("denoised_trained", "noise_trained"),
    ("joint", "noise_trained"),
)
SPREAD = "three seeds: mean, range"
BREAK_EVEN = "break-even level of Gaussian noise"
NOT_IN_SUMMARY = ("denoised_trained",)


def summary() -> str:
    """Return the accuracy of the main arms, in five rows."""
    chosen = [
        one
        for one in MEASURES
        if one.measure.startswith("accuracy") and not one.minus and one.arm not in NOT_IN_SUMMARY
    ]
    rows = [
        {
            "accuracy": one.label,
            "digits": _percent(value(DIGITS, one)),
            "Fashion-MNIST": _percent(value(FASHION, one)),
            "three seeds": _percent(*_ends(_of_seeds(one))),
        }
        for one in chosen
    ]
    return _table(rows)


def _table(rows: Sequence[dict[str, str]]) -> str:
    """Return rows as a table in Markdown, without the columns that no kept run fills."""
    table = pd.DataFrame(rows)
    return markdown(table.loc[:, (table != "").any()])


def _percent(*found: Value | None) -> str:
    return " to ".join(f"{one.value:.1%}" for one in found if one)


def results() -> str:
    """Return every measure with its interval over images, and its spread over three seeds."""
    rows = [
        {
            "": one.label,
            "digits": with_interval(DIGITS, one),
            "Fashion-MNIST": with_interval(FASHION, one),
            SPREAD: _spread(_of_seeds(one)),
        }
        for one in MEASURES
    ]
    crossings = {"digits": _break_even(DIGITS), "Fashion-MNIST": _break_even(FASHION)}
    shown = {column: _crossing(found) for column, found in crossings.items()}
    rows.append({"": BREAK_EVEN, **shown, SPREAD: _crossings([*map(_break_even, SEEDS)])})
    return _table(rows)


def _break_even(run: Path) -> Value | None:
    """Return the level of Gaussian noise from which denoising pays; None if the run lacks it.

    It has no interval if it is not resolved, and is NaN if there is none.
    """
    path = run / "plots/break_even.csv"
    if not path.is_file():
        return None
    table = read_csv(path).set_index("kind")
    if "gaussian" not in table.index:
        return None
    number, low, high = table.loc["gaussian", ["value", "low", "high"]].to_numpy(float)
    return Value(number, low, high, decimals=3, signed=False)


def _crossing(found: Value | None) -> str:
    """Return a break-even level as text."""
    if not found:
        return ""
    if math.isnan(found.value):
        return "none"
    return str(found) if found.ends() else "not resolved"


def _crossings(found: Sequence[Value | None]) -> str:
    """Return the spread of break-even levels, if all of them are resolved."""
    unresolved = sum(one is not None and not one.ends() for one in found)
    if unresolved and None not in found:
        return f"not resolved in {unresolved} of {len(found)}"
    return _spread(found)


def _of_seeds(one: Measure) -> list[Value | None]:
    return [value(run, one) for run in SEEDS]


def _ends(found: Sequence[Value | None]) -> list[Value]:
    """Return the smallest and the largest of some numbers, if all of them are known."""
    known = [one for one in found if one]
    return [min(known), max(known)] if len(known) == len(found) else []


def _spread(found: Sequence[Value | None]) -> str:
    """Return the mean of some numbers and their ends, if all of them are known."""
    if not (ends := _ends(found)):
        return ""
    smallest, largest = ends
    numbers = (fmean(one.value for one in found if one), smallest.value, largest.value)
    mean, low, high = map(smallest.text, numbers)
    return f"{mean}, {low} to {high}"


def comparisons() -> str:
    """Return paired differences in accuracy with McNemar's test, a column for each seed."""
    rows = []
    for arm, minus in COMPARED:
        label = f"{ARMS[arm].label} minus {ARMS[minus].label}"
        cells = {f"seed {seed}": _compared(run, arm, minus) for seed, run in enumerate(SEEDS)}
        rows.append({"accuracy": label, "digits": _compared(DIGITS, arm, minus), **cells})
    controls = [_compared_with_control(run) for run in SEEDS]
    if all(controls):
        cells = {f"seed {seed}": found for seed, found in enumerate(controls)}
        rows.append({"accuracy": f"{ARMS['joint'].label} minus {CONTROL_LABEL}", **cells})
    return _table(rows)


def _compared_with_control(run: Path) -> str:
    """Return the joint network minus the classifier of equal work, as `_compared` does."""
    row = {"arm": "joint", "minus": "control"}
    gain = _equal_work(run, "differences", **row, measure="accuracy")
    test = _equal_work(run, "differences", **row, measure="mcnemar_p")
    return f"{gain}, {p_value_text(test.value)}" if gain and test else ""


def _equal_work(run: Path, table: str, column: str = "value", **row: str) -> Value | None:
    """Return a number of the study of equal work of a run; None if it was not kept."""
    path = run / EQUAL_WORK / f"{table}.csv"
    if not path.is_file():
        return None
    found = read_csv(path)
    for key, wanted in row.items():
        found = found.loc[found[key] == wanted]
    [cells] = found.to_dict("records")
    prefix = "" if column == "value" else f"{column}_"
    ends = [cells.get(f"{prefix}{end}", math.nan) for end in ("low", "high")]
    return Value(cells[column], *ends, decimals=4, signed="minus" in row)


def _compared(run: Path, arm: str, minus: str) -> str:
    """Return a paired difference of a run with its interval and p-value; empty if it lacks it."""
    test = value(run, Measure("", arm, "mcnemar_p", minus))
    chance = f", {p_value_text(test.value)}" if test else ""
    return with_interval(run, Measure("", arm, "accuracy", minus)) + chance


def work() -> str:
    """Return the accuracy of each arm on Fashion-MNIST beside the work that it takes."""
    rows = []
    for arm, shown in ARMS.items():
        minutes = training_minutes(SEEDS[0], shown.networks)
        right = _of_seeds(Measure("", arm, "accuracy"))
        cost = value(SEEDS[0], Measure("", arm, "multiply_adds"))
        rows.append(_work(shown.label, right, cost, minutes))
    right = [_equal_work(run, "arms", "accuracy", arm="control") for run in SEEDS]
    if all(right):
        cost = _equal_work(SEEDS[0], "arms", "multiply_adds", arm="control")
        rows.append(_work(CONTROL_LABEL, right, cost, math.nan))
    return _table(rows)


def _work(
    label: str, right: Sequence[Value | None], cost: Value | None, minutes: float
) -> dict[str, str]:
    """Return a row: the accuracy in each run, multiply-adds, and the minutes of the trainings."""
    return {
        "": label,
        "accuracy": str(right[0] or ""),
        SPREAD: _spread(right),
        "multiply-adds (million)": f"{cost.value / 1e6:.1f}" if cost else "",
        "training (minutes)": "" if math.isnan(minutes) else f"{minutes:.0f}",
    }


def calibration() -> str:
    """Return the calibration error of each arm on Fashion-MNIST, and that of a perfect model."""
    scaled = read_csv(FASHION / "plots/calibration.csv").set_index("arm").to_dict("index")
    rows = []
    for arm, shown in ARMS.items():
        ends = [scaled[arm].get(f"ece_calibrated{end}", math.nan) for end in ("_low", "_high")]
        after = Value(scaled[arm]["ece_calibrated"], *ends, decimals=3, signed=False)
        perfect = value(FASHION, Measure("", arm, "ece_perfect"))
        rows.append(
            {
                "": shown.label,
                "calibration error": with_interval(FASHION, Measure("", arm, "ece")),
                "of a perfectly calibrated model": perfect.ends() if perfect else "",
                "calibrated": str(after),
            }
        )
    return markdown(pd.DataFrame(rows))


def classical() -> str:
    """Return the figures of denoisers without training on the digits, beside the autoencoder."""
    parameters = read_csv(DIGITS / "plots/filters.csv").set_index("arm")["parameter"]
    labels = {"clean_trained": "no denoising"}
    labels |= {name: arm.label for name, arm in FILTER_ARMS.items()}
    labels |= {"denoised_clean_trained": "autoencoder"}
    rows = []
    for arm, label in labels.items():
        psnr = value(DIGITS, Measure(label, arm, "psnr"))
        rows.append(
            {
                "denoiser": label,
                "parameter": f"{parameters[arm]:g}" if arm in parameters else "",
                "PSNR (dB)": psnr.text(psnr.value) if psnr else "",
                "accuracy": with_interval(DIGITS, Measure(label, arm, "accuracy")),
            }
        )
    return markdown(pd.DataFrame(rows))


def seconds() -> str:
    """Return the minutes that each stage of the kept run took."""
    found = read_json(FASHION / "seconds.json")
    taken = {f"`{stage}`": each for stage, each in found.items()} | {"all": sum(found.values())}
    rows = [{"stage": stage, "minutes": f"{each / 60:.1f}"} for stage, each in taken.items()]
    return markdown(pd.DataFrame(rows))


def provenance() -> str:
    """Return the sentence on the version of the Fashion-MNIST figures."""
    return sentence("The Fashion-MNIST figures", FASHION / "dvc.lock", dataset=FASHION.name)
