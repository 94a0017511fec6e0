"""Tables of the experiment: digits and Fashion-MNIST, with their baselines."""

from pathlib import Path

import pandas as pd

from denoising.evaluation.arms import ARMS, FILTER_ARMS
from denoising.files.tables import read_json
from tools._kept import (
    DIGITS,
    FASHION,
    MEASURES,
    Measure,
    markdown,
    number,
    read_yaml,
    value,
    with_interval,
)
from tools._provenance import sentence

SEEDS = (FASHION, FASHION / "seed_1", FASHION / "seed_2")
CONTROL = FASHION / "classification_weight_1"
SUMMARY = [
    "classifier:clean_trained.accuracy_clean",
    "classifier:clean_trained.accuracy",
    "denoised:denoised_clean_trained.accuracy",
    "classifier:noise_trained.accuracy",
    "joint:joint.accuracy",
]


def summary() -> str:
    """Return the accuracy of the main arms, in five rows."""
    chosen = [one for one in MEASURES if f"{one.file}:{one.key}" in SUMMARY]
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
    found = value(run, one.file, one.key)
    return "" if found is None else f"{found:.1%}"


def results() -> str:
    """Return every measure with its interval, and its range over three seeds."""
    rows = [
        {
            "": one.label,
            "digits": with_interval(DIGITS, one.file, one.key),
            "Fashion-MNIST": with_interval(FASHION, one.file, one.key),
            "three seeds": _range(one),
        }
        for one in MEASURES
    ]
    return markdown(pd.DataFrame(rows))


def _range(one: Measure) -> str:
    """Return the smallest and the largest value over the seeds, if every seed has one."""
    values = [value(run, one.file, one.key) for run in SEEDS]
    known = [found for found in values if found is not None]
    if len(known) < len(SEEDS):
        return ""
    return f"{number(one.key, min(known))} to {number(one.key, max(known))}"


def control() -> str:
    """Return the joint network's figures with and without its reconstruction loss."""
    rows = []
    for run in (FASHION, CONTROL):
        weight = read_yaml(run / "params.yaml")["joint"]["classification_weight"]
        gain = "joint_minus_noise_trained.accuracy"
        rows.append(
            {
                "`joint.classification_weight`": f"{weight:g}",
                "accuracy": with_interval(run, "joint", "joint.accuracy"),
                f"minus {ARMS['noise_trained'].label} (paired)": with_interval(run, "joint", gain),
                "PSNR (dB)": with_interval(run, "joint", "psnr"),
            }
        )
    return markdown(pd.DataFrame(rows))


def classical() -> str:
    """Return the figures of denoisers without training on the digits, beside the autoencoder."""
    found = read_json(DIGITS / "metrics/classical.json")
    ours, classifier = (
        read_json(DIGITS / f"metrics/{name}.json") for name in ("denoised", "classifier")
    )
    rows = [("no denoising", "", ours["psnr_noisy"], classifier["clean_trained"])]
    rows += [
        (arm.label, f"{found[name]['parameter']:g}", found[name]["psnr"], found[name])
        for name, arm in FILTER_ARMS.items()
    ]
    rows.append(("autoencoder", "", ours["psnr"], ours["denoised_clean_trained"]))
    accuracy = "{accuracy:.4f} ({accuracy_low:.4f} to {accuracy_high:.4f})"
    cells = [
        {
            "denoiser": label,
            "parameter": parameter,
            "PSNR (dB)": f"{psnr:.2f}",
            "accuracy": accuracy.format(**scores),
        }
        for label, parameter, psnr, scores in rows
    ]
    return markdown(pd.DataFrame(cells))


def seconds() -> str:
    """Return the minutes that each stage of the kept run took."""
    found = read_json(FASHION / "seconds.json")
    taken = {f"`{stage}`": each for stage, each in found.items()} | {"all": sum(found.values())}
    rows = [{"stage": stage, "minutes": f"{each / 60:.1f}"} for stage, each in taken.items()]
    return markdown(pd.DataFrame(rows))


def provenance() -> str:
    """Return the sentence on the version of the Fashion-MNIST figures."""
    return sentence("The Fashion-MNIST figures", FASHION / "dvc.lock", dataset=FASHION.name)
