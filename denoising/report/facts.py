"""Data, noise, networks and software of a run, as rows of tables."""

import hashlib
import json
from collections.abc import Iterable
from importlib.metadata import version
from pathlib import Path
from typing import Any, NamedTuple

from denoising.config.networks import Autoencoder, Classifier, Joint
from denoising.config.noise import Noise
from denoising.config.training import Training
from denoising.evaluation.arms import NETWORKS
from denoising.noise.kinds import KINDS
from denoising.report.numbers import level_text

FactRow = tuple[str, str]
"""A label and a value."""
NetworkRow = tuple[str, str, str, str]
"""Name, settings, number of parameters, number of epochs."""

PACKAGES = {
    "tensorflow": "TensorFlow",
    "keras": "Keras",
    "numpy": "NumPy",
    "scipy": "SciPy",
    "scikit-image": "scikit-image",
    "scikit-learn": "scikit-learn",
    "pywavelets": "PyWavelets",
}
"""The packages that compute the results, with their shown names."""

JOINT_FORMS = {
    "branches": "encoder and decoder of the autoencoder",
    "cascade": "autoencoder, then classifier",
}
"""The networks that the joint network consists of."""

DIGITS = 16  # of a hash, in base 16


class Facts(NamedTuple):
    """Rows of tables on the data, the noise, the networks and the software of a run."""

    data: list[FactRow]
    noise: list[FactRow]
    networks: list[NetworkRow]
    software: list[FactRow]


def noise_name(noise: Noise) -> str:
    """Return the shown name of the noise: ``Gaussian noise at level 0.2``."""
    return f"{KINDS[noise.kind].label} noise at level {level_text(noise.level)}"


def detector_source(source: str, noise: str) -> str:
    """Describe the origin of the detector's outputs; `source` is ``rendered`` or ``files``."""
    if source == "files":
        return "Its outputs were read from files."
    return (
        "It was trained on rendered road scenes without noise, and is scored on patches of other "
        f"scenes with {noise}."
    )


def data_facts(data: dict[str, Any], seed: int) -> list[FactRow]:
    """Return rows on the data set; `data` is the content of `plots/data.csv`."""
    colours = {1: "greyscale", 3: "colour"}[data["channels"]]
    return [
        ("Data set", data["dataset"]),
        ("Images", f"{data['height']} × {data['width']} pixels, {colours}"),
        ("Classes", str(data["classes"])),
        ("Training images", f"{data['train']:,}"),
        ("Validation images", f"{data['validation']:,}"),
        ("Test images", f"{data['test']:,}"),
        ("Seed", str(seed)),
    ]


def software_facts(parameters: dict[str, Any], files: Iterable[Path]) -> list[FactRow]:
    """Return rows on the hashes of a run's parameters and data, and the packages it ran with.

    They are the same wherever the same run is repeated, in any commit.

    Parameters
    ----------
    parameters : all settings of the run; JSON must be able to hold them.
    files : the images and labels of the run, in a fixed order.
    """
    text = json.dumps(parameters, sort_keys=True)
    versions = [(name, version(package)) for package, name in PACKAGES.items()]
    return [
        ("Parameters (SHA-256)", hashlib.sha256(text.encode()).hexdigest()[:DIGITS]),
        ("Images and labels (SHA-256)", _hash(files)[:DIGITS]),
        *versions,
    ]


def _hash(files: Iterable[Path]) -> str:
    """Return the hash of the files' hashes."""
    digest = hashlib.sha256()
    for path in files:
        with path.open("rb") as file:
            digest.update(hashlib.file_digest(file, "sha256").digest())
    return digest.hexdigest()


def noise_facts(noise: Noise, training: Training) -> list[FactRow]:
    """Return rows on the noise of the test images and of the training images."""
    drawn = {"fresh": "drawn anew in every epoch", "fixed": "the same in every epoch"}
    trained = f"level {level_text(noise.level)}"
    if training.noise_range:
        low, high = (level_text(level) for level in training.noise_range)
        given = "with the level as an input" if training.level_input else "blind"
        if training.level_known < 1:
            given += f" for {training.level_known:.0%} of the images"
        trained = f"levels {low} to {high}, {given}"
    return [
        ("Noise", noise_name(noise)),
        ("Unit of the level", KINDS[noise.kind].unit),
        (
            "Noisy images",
            "clipped to the range from black to white" if noise.clip else "not clipped",
        ),
        ("Training noise", drawn[training.noise]),
        ("Networks for noisy images trained at", trained),
    ]


def network_facts(
    classifier: Classifier,
    autoencoder: Autoencoder,
    joint: Joint,
    parameters: dict[str, int],
    epochs: dict[str, int],
) -> list[NetworkRow]:
    """Return a row for each network; `parameters` and `epochs` are counts by network."""
    sections = {"classifier": classifier, "autoencoder": autoencoder, "joint": joint}
    settings = {name: _settings(section) for name, section in sections.items()}
    return [
        (label, settings[name.partition("_")[0]], f"{parameters[name]:,}", str(epochs[name]))
        for name, label in NETWORKS.items()
    ]


def _settings(section: Classifier | Autoencoder | Joint) -> str:
    """List a network's options and training settings."""
    settings = section.model_dump(exclude={"name", "options"})
    settings = getattr(section, "options", {}) | settings
    texts = [f"{key} {value}".replace("_", " ") for key, value in settings.items()]
    name = JOINT_FORMS[section.form] if isinstance(section, Joint) else section.name
    return ", ".join([name, *texts])
