"""The sections `classifier`, `autoencoder` and `joint`."""

from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator

from denoising.config.yaml_schema import (
    Fraction,
    ImpossibleError,
    NonNegative,
    Positive,
    Section,
)

NETWORKS = Path(__file__).parent.parent / "networks"
ReconstructionLoss = Literal[
    "mean_squared_error",
    "mean_absolute_error",
    "binary_crossentropy",
    "bce_and_ssim",
    "psnr",
    "psnr_and_ssim",
]


def network_names(kind: str) -> list[str]:
    """Return the names of all networks of a kind, read from their files without importing them."""
    mark = f'\nKIND = "{kind}"\n'
    return sorted(path.stem for path in NETWORKS.glob("*.py") if mark in path.read_text("utf-8"))


def one_of(kind: str) -> AfterValidator:
    """Return a check that a value names a network of `kind`."""

    def check(name: str) -> str:
        if name not in network_names(kind):
            names = ", ".join(network_names(kind))
            raise ValueError(f"Expected a {kind} of denoising/networks: {names}")
        return name

    return AfterValidator(check)


class Classifier(Section):
    """The classifier and its optimiser settings."""

    name: Annotated[str, one_of("classifier")]
    options: dict[str, Any]
    learning_rate: Positive
    weight_decay: NonNegative
    label_smoothing: Fraction


def check_options(options: dict[str, Any], instead: str, section: str = "") -> None:
    """Raise `ImpossibleError` if options have a level input, which is set by a key of its own."""
    if "level_input" in options:
        key, value = f"{section}options.level_input", options["level_input"]
        raise ImpossibleError(key, f"Set {instead} instead of this option", value)


class Denoiser(Section):
    """A denoiser's options, loss and learning rate."""

    options: dict[str, Any]
    loss: ReconstructionLoss
    learning_rate: Positive


class Autoencoder(Denoiser):
    """The denoiser of the pipeline."""

    name: Annotated[str, one_of("autoencoder")]


class Joint(Section):
    """The joint network's form, loss weight and optimiser settings.

    Attributes
    ----------
    form : ``branches``, a decoder and a classification head on one encoder; or ``cascade``, the
        autoencoder and then the classifier.
    start : ``trained``, from the weights of the autoencoder and, in a cascade, of the classifier
        for denoised images; or ``scratch``.
    """

    form: Literal["branches", "cascade"]
    start: Literal["scratch", "trained"]
    classification_weight: Fraction
    learning_rate: Positive
    weight_decay: NonNegative
    label_smoothing: Fraction
