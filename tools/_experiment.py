"""Tables of the experiment: digits and Fashion-MNIST, with their baselines."""

from pathlib import Path

import pandas as pd

from denoising.evaluation.arms import ARMS, FILTER_ARMS
from denoising.files.tables import read_csv, read_json
from tools._kept import (
    DIGITS,
    FASHION,
    MEASURES,
    Measure,
    markdown,
    read_yaml,
    value,
    with_interval,
)
from tools._provenance import sentence

SEEDS = (FASHION, FASHION / "seed_1", FASHION / "seed_2")
CONTROL = FASHION / "classification_weight_1"
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
                "digits": [_percent(DIGITS, one) for one in chosen],
                "Fashion-MNIST": [_percent(FASHION, one) for one in chosen],
            }
        )
    )


def _percent(run: Path, one: Measure) -> str:
    found = value(run, one)
    return "" if found is None else f"{found.value:.1%}"


def results() -> str:
    """Return every measure with its interval, and its range over three seeds."""
    rows = [
        {
            "": one.label,
            "digits": with_interval(DIGITS, one),
            "Fashion-MNIST": with_interval(FASHION, one),
            "three seeds": _range(one),
        }
        for one in MEASURES
    ]
    return markdown(pd.DataFrame(rows))


def _range(one: Measure) -> str:
    """Return the smallest and the largest value over the seeds, if every seed has one."""
    known = [found for run in SEEDS if (found := value(run, one))]
    if len(known) < len(SEEDS):
        return ""
    smallest, largest = min(known), max(known)
    return f"{smallest.text(smallest.value)} to {largest.text(largest.value)}"


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
