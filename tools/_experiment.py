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
    read_yaml,
    value,
    with_interval,
)
from tools._provenance import sentence

SEEDS = (FASHION, FASHION / "seed_1", FASHION / "seed_2")
CONTROL = FASHION / "classification_weight_1"
# Runs whose classifiers are so wide that each does the work of the joint network.
EQUAL_WORK = tuple(FASHION / f"equal_work{seed}" for seed in ("", "_seed_1", "_seed_2"))
COMPARED = (
    ("denoised_clean_trained", "clean_trained"),
    ("denoised_trained", "noise_trained"),
    ("joint", "noise_trained"),
)
SPREAD = "three seeds: mean, range"
TRAININGS = {
    **{f"classifier_{data}": f"train_classifier@{data}" for data in ("clean", "noisy", "denoised")},
    **{name: f"train_{name}" for name in ("autoencoder", "joint")},
}
"""The stages that train the networks of the arms."""
NOT_IN_SUMMARY = ("denoised_trained",)


def summary() -> str:
    """Return the accuracy of the main arms, in five rows."""
    chosen = [
        one
        for one in MEASURES
        if one.measure.startswith("accuracy") and not one.minus and one.arm not in NOT_IN_SUMMARY
    ]
    return markdown(
        pd.DataFrame(
            {
                "accuracy": [one.label for one in chosen],
                "digits": [_percent(value(DIGITS, one)) for one in chosen],
                "Fashion-MNIST": [_percent(value(FASHION, one)) for one in chosen],
                "three seeds": [_percent(*_ends(SEEDS, one)) for one in chosen],
            }
        )
    )


def _percent(*found: Value | None) -> str:
    return " to ".join(f"{one.value:.1%}" for one in found if one)


def results() -> str:
    """Return every measure with its interval over images, and its spread over three seeds."""
    rows = [
        {
            "": one.label,
            "digits": with_interval(DIGITS, one),
            "Fashion-MNIST": with_interval(FASHION, one),
            SPREAD: _spread(SEEDS, one),
        }
        for one in MEASURES
    ]
    return markdown(pd.DataFrame(rows))


def _known(runs: Sequence[Path], one: Measure) -> list[Value]:
    """Return a number of each run, or nothing if one of them lacks it."""
    known = [found for run in runs if (found := value(run, one))]
    return known if len(known) == len(runs) else []


def _ends(runs: Sequence[Path], one: Measure) -> list[Value]:
    """Return the smallest and the largest value of runs, if each has one."""
    known = _known(runs, one)
    return [min(known), max(known)] if known else []


def _spread(runs: Sequence[Path], one: Measure) -> str:
    """Return the mean of runs and their smallest and largest value, if each has one."""
    known = _known(runs, one)
    if not known:
        return ""
    smallest, largest = min(known), max(known)
    numbers = [fmean(found.value for found in known), smallest.value, largest.value]
    mean, low, high = map(smallest.text, numbers)
    return f"{mean}, {low} to {high}"


def comparisons() -> str:
    """Return paired differences in accuracy with McNemar's test, a column for each seed."""
    rows = []
    for arm, minus in COMPARED:
        label = f"{ARMS[arm].label} minus {ARMS[minus].label}"
        found = {"accuracy": label, "digits": _compared(DIGITS, arm, minus)}
        rows.append(found | _by_seed(SEEDS, arm, minus))
    if all(run.is_dir() for run in EQUAL_WORK):
        label = f"{rows[-1]['accuracy']} of equal work"
        rows.append({"accuracy": label} | _by_seed(EQUAL_WORK, *COMPARED[-1]))
    return markdown(pd.DataFrame(rows))


def _by_seed(runs: Sequence[Path], arm: str, minus: str) -> dict[str, str]:
    return {f"seed {seed}": _compared(run, arm, minus) for seed, run in enumerate(runs)}


def _compared(run: Path, arm: str, minus: str) -> str:
    """Return a paired difference of a run with its interval and p-value; empty if it lacks it."""
    test = value(run, Measure("", arm, "mcnemar_p", minus))
    chance = f", {p_value_text(test.value)}" if test else ""
    return with_interval(run, Measure("", arm, "accuracy", minus)) + chance


def work() -> str:
    """Return the accuracy of each arm on Fashion-MNIST beside the work that it takes."""
    rows = [_work(ARMS[arm].label, arm, SEEDS) for arm in ARMS]
    if all(run.is_dir() for run in EQUAL_WORK):
        label = f"{ARMS['noise_trained'].label} of equal work"
        rows.append(_work(label, "noise_trained", EQUAL_WORK))
    return markdown(pd.DataFrame(rows))


def _work(label: str, arm: str, runs: Sequence[Path]) -> dict[str, str]:
    """Return the row of an arm in the first of some runs, with the spread over all of them."""
    run, right = runs[0], Measure(label, arm, "accuracy")
    cost, path = value(run, Measure(label, arm, "multiply_adds")), run / "seconds.json"
    logged = read_json(path) if path.is_file() else {}
    trainings = [TRAININGS[name] for name in ARMS[arm].networks]
    known = all(name in logged for name in trainings)
    minutes = sum(logged[name] for name in trainings) / 60 if known else 0
    return {
        "": label,
        "accuracy": with_interval(run, right),
        SPREAD: _spread(runs, right),
        "multiply-adds (million)": f"{cost.value / 1e6:.1f}" if cost else "",
        "training (minutes)": f"{minutes:.0f}" if known else "",
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


def control() -> str:
    """Return the joint network's figures with and without its reconstruction loss."""
    columns = [
        Measure("accuracy", "joint", "accuracy"),
        Measure(
            f"minus {ARMS['noise_trained'].label} (paired)", "joint", "accuracy", "noise_trained"
        ),
        Measure("PSNR (dB)", "joint", "psnr"),
    ]
    rows = []
    for run in (FASHION, CONTROL):
        weight = read_yaml(run / "params.yaml")["joint"]["classification_weight"]
        row = {"`joint.classification_weight`": f"{weight:g}"}
        rows.append(row | {one.label: with_interval(run, one) for one in columns})
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
