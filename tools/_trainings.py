"""The trainings that the networks of a kept run needed, and how long they took."""

import math
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from denoising.files.tables import read_json
from tools._kept import read_yaml

STAGES = {
    **{f"classifier_{data}": f"train_classifier@{data}" for data in ("clean", "noisy", "denoised")},
    **{name: f"train_{name}" for name in ("autoencoder", "joint")},
}
"""The stage that trains each network."""


def training_minutes(run: Path, networks: Iterable[str]) -> float:
    """Return the minutes of all trainings that networks of a run needed; NaN if one is unknown.

    A training counts once, also those of teachers and of networks that another starts from.
    """
    params, logged = read_yaml(run / "params.yaml"), read_json(run / "seconds.json")
    stages = {STAGES[each] for name in networks for each in needed(name, params)}
    return sum(logged[one] for one in stages) / 60 if stages <= logged.keys() else math.nan


def needed(network: str, params: dict[str, Any]) -> set[str]:
    """Return the networks that had to be trained for one, with itself.

    `params` are those of a run. An early one lacks those of distillation and of the joint
    network's start: there was neither.
    """
    others = set()
    learns_classes_of_noisy_images = network not in ("classifier_clean", "autoencoder")
    if params["training"].get("distillation") and learns_classes_of_noisy_images:
        others.add("classifier_clean")
    if network == "classifier_denoised":
        others.add("autoencoder")
    joint = params["joint"]
    if network == "joint" and joint.get("start") == "trained":
        others.add("classifier_denoised" if joint["form"] == "cascade" else "autoencoder")
    return {network}.union(*(needed(other, params) for other in others))
