"""The sections `classifier`, `autoencoder` and `joint`."""

from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, model_validator

from denoising.config.noise import LevelRange, Noise
from denoising.config.training import TrainingNoise
from denoising.config.yaml_schema import (
    Fraction,
    ImpossibleError,
    NonNegative,
    Positive,
    Section,
)

NETWORKS = Path(__file__).parent.parent / "networks"
ReconstructionLoss = Literal[
    "mean_squared_error", "mean_absolute_error", "binary_crossentropy", "bce_and_ssim", "psnr"
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


class Denoiser(Section):
    """A denoiser's options and loss, and the noise levels it is trained on."""

    options: dict[str, Any]
    loss: ReconstructionLoss
    learning_rate: Positive
    noise_range: LevelRange | None = None
    level_input: bool = False
    level_known: Annotated[Fraction, Field(gt=0)] = 1

    @model_validator(mode="after")
    def _consistent(self):
        if self.noise_range and not self.noise_range[0] < self.noise_range[1]:
            expected = "Expected two levels, the lower one first"
            raise ImpossibleError("noise_range", expected, self.noise_range)
        if "level_input" in self.options:
            expected = "Put this key next to `options`, not inside it"
            raise ImpossibleError("options.level_input", expected, self.options["level_input"])
        if self.level_input and not self.noise_range:
            expected = "Expected false without a noise_range: a single level needs no input"
            raise ImpossibleError("level_input", expected, self.level_input)
        if self.level_known < 1 and not self.level_input:
            expected = "Expected 1 for a network without a level input"
            raise ImpossibleError("level_known", expected, self.level_known)
        return self

    @property
    def all_options(self) -> dict[str, Any]:
        """The arguments of the network's ``build``."""
        return self.options | ({"level_input": True} if self.level_input else {})

    def check_noise(
        self, noise: Noise, training_noise: TrainingNoise, key: str = "noise_range"
    ) -> None:
        """Raise `ImpossibleError` if the range contradicts the noise settings."""
        if not self.noise_range:
            return
        low, high = self.noise_range
        expected = None
        if not low <= noise.level <= high:
            expected = f"Expected a range that includes noise.level, {noise.level}"
        if training_noise == "fixed":
            expected = "Expected no range with fixed training noise: it needs fresh noise"
        if noise.kind == "salt_and_pepper" and high > 1:
            expected = "Expected fractions of the pixels, from 0 to 1"
        if expected:
            raise ImpossibleError(key, expected, self.noise_range)


class Autoencoder(Denoiser):
    """The denoiser of the pipeline."""

    name: Annotated[str, one_of("autoencoder")]


class Joint(Section):
    """The joint network's loss weight and optimiser settings."""

    classification_weight: Fraction
    learning_rate: Positive
    weight_decay: NonNegative
    label_smoothing: Fraction
