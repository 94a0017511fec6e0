"""`params.yaml` as typed values: what is misspelt, of a wrong type or impossible stops a stage."""

from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, model_validator

from denoising.datasets.sources import FileName, Source
from denoising.sections import (
    Count,
    Fraction,
    ImpossibleError,
    NonNegative,
    Positive,
    Section,
    read_sections,
)

NETWORKS = Path(__file__).parent / "networks"
# Between them every kind of noise stays within what floats hold.
LOWEST_LEVEL, HIGHEST_LEVEL = 1e-6, 10

Widths = Annotated[list[Count], Field(min_length=1)]


def _computable(level: float) -> float:
    if 0 < level < LOWEST_LEVEL:
        raise ValueError(f"Expected 0, or a level of at least {LOWEST_LEVEL}")
    return level


Level = Annotated[float, Field(ge=0, le=HIGHEST_LEVEL), AfterValidator(_computable)]

NoiseKind = Literal["gaussian", "speckle", "poisson", "salt_and_pepper"]


class Noise(Section):
    kind: NoiseKind
    level: Level
    clip: bool

    @model_validator(mode="after")
    def _fraction_of_pixels(self):
        if self.kind == "salt_and_pepper" and self.level > 1:
            raise ImpossibleError("level", "Expected a fraction of pixels, from 0 to 1", self.level)
        return self


class Sweep(Section):
    levels: Annotated[list[Level], Field(min_length=2)]
    kinds: Annotated[list[NoiseKind], Field(min_length=1)]
    images: Count

    @model_validator(mode="after")
    def _rising_levels(self):
        if sorted(set(self.levels)) != self.levels:
            expected = "Expected each level once, from the lowest to the highest"
            raise ImpossibleError("levels", expected, self.levels)
        if len(set(self.kinds)) < len(self.kinds):
            raise ImpossibleError("kinds", "Expected each kind once", self.kinds)
        if "salt_and_pepper" in self.kinds and self.levels[-1] > 1:
            expected = "Expected at most 1 where salt_and_pepper, the fraction hit, is swept"
            raise ImpossibleError("levels", expected, self.levels)
        return self


class Classical(Section):
    images: Count
    validation_images: Count


class Training(Section):
    noise: Literal["fresh", "fixed"]
    schedule: Literal["cosine", "plateau"]
    patience: Count


def network_names(kind: str) -> list[str]:
    """Return the names of the networks of a kind, as their files say, without importing them."""
    mark = f'KIND = "{kind}"'
    return sorted(path.stem for path in NETWORKS.glob("*.py") if mark in path.read_text("utf-8"))


def one_of(kind: str) -> AfterValidator:
    """Return a check that a name is that of a network of `kind`."""

    def check(name: str) -> str:
        if name not in network_names(kind):
            names = ", ".join(network_names(kind))
            raise ValueError(f"Expected a {kind} of denoising/networks: {names}")
        return name

    return AfterValidator(check)


class Classifier(Section):
    name: Annotated[str, one_of("classifier")]
    options: dict[str, Any]
    learning_rate: Positive
    weight_decay: NonNegative
    label_smoothing: Fraction


class Denoiser(Section):
    """What a denoiser is built with, and which levels of noise it is trained on."""

    options: dict[str, Any]
    loss: Literal[
        "mean_squared_error", "mean_absolute_error", "binary_crossentropy", "bce_and_ssim", "psnr"
    ]
    learning_rate: Positive
    noise_range: Annotated[list[Level], Field(min_length=2, max_length=2)] | None = None
    told: bool = False
    told_share: Annotated[Fraction, Field(gt=0)] = 1

    @model_validator(mode="after")
    def _lower_level_first(self):
        if self.noise_range and not self.noise_range[0] < self.noise_range[1]:
            expected = "Expected two levels, the lower one first"
            raise ImpossibleError("noise_range", expected, self.noise_range)
        if "told" in self.options:
            expected = "Expected it beside the options, not among them"
            raise ImpossibleError("options.told", expected, self.options["told"])
        if self.told and not self.noise_range:
            expected = "Expected false without a noise_range: of one level there is nothing to tell"
            raise ImpossibleError("told", expected, self.told)
        if self.told_share < 1 and not self.told:
            expected = "Expected 1 where the network is not told any level"
            raise ImpossibleError("told_share", expected, self.told_share)
        return self

    @property
    def all_options(self) -> dict[str, Any]:
        """The arguments of the network's ``build``."""
        return self.options | ({"told": True} if self.told else {})

    def check_noise(self, noise: Noise, training: str, key: str = "noise_range") -> None:
        """Raise `ImpossibleError` where the range does not go with the noise of other images."""
        if not self.noise_range:
            return
        low, high = self.noise_range
        expected = None
        if not low <= noise.level <= high:
            expected = f"Expected a range that holds noise.level, {noise.level}, of the test images"
        if training == "fixed":
            expected = "Expected none where training noise is fixed: levels are drawn anew"
        if noise.kind == "salt_and_pepper" and high > 1:
            expected = "Expected fractions of the pixels hit, from 0 to 1"
        if expected:
            raise ImpossibleError(key, expected, self.noise_range)


class Autoencoder(Denoiser):
    name: Annotated[str, one_of("autoencoder")]


class Joint(Section):
    classification_weight: Fraction
    learning_rate: Positive
    weight_decay: NonNegative
    label_smoothing: Fraction


class Detector(Section):
    source: Literal["rendered", "files"]
    training_patches: Annotated[Count, Field(ge=100)]
    scored_patches: Annotated[Count, Field(ge=100)]
    ground_truth: str
    outputs: str
    positive_label: Literal[0, 1]


class Roc(Section):
    resamples: Annotated[Count, Field(ge=100)]


class Course(Section):
    epochs: Count
    batch_size: Count


def check_grey(share: float, training: str, key: str) -> None:
    """Raise `ImpossibleError` where images become grey whose noise is in colour already."""
    if share and training == "fixed":
        expected = "Expected 0 where training noise is fixed: it was drawn for images in colour"
        raise ImpossibleError(key, expected, share)


class Augmentation(Section):
    flip: bool
    shift: Annotated[int, Field(ge=0, le=256)]
    grey: Fraction = 0


class DatasetTraining(Section):
    classifier: Course
    autoencoder: Course
    joint: Course
    precision: Literal["float32", "mixed_bfloat16", "auto"]
    augmentation: Augmentation


class Dataset(Section):
    source: Source
    training: DatasetTraining


class Params(Section):
    """All of `params.yaml`."""

    seed: Annotated[int, Field(ge=0, lt=2**32)]
    dataset: str
    noise: Noise
    training: Training
    classifier: Classifier
    autoencoder: Autoencoder
    joint: Joint
    sweep: Sweep
    classical: Classical
    detector: Detector
    roc: Roc
    datasets: dict[FileName, Dataset]

    @model_validator(mode="after")
    def _known_dataset(self):
        if self.dataset not in self.datasets:
            known = ", ".join(self.datasets)
            raise ImpossibleError(
                "dataset", f"Expected an entry of `datasets`: {known}", self.dataset
            )
        return self

    @model_validator(mode="after")
    def _possible_range(self):
        self.autoencoder.check_noise(self.noise, self.training.noise, "autoencoder.noise_range")
        return self

    @model_validator(mode="after")
    def _possible_grey(self):
        check_grey(
            self.data.training.augmentation.grey,
            self.training.noise,
            f"datasets.{self.dataset}.training.augmentation.grey",
        )
        return self

    @model_validator(mode="after")
    def _swept_kind(self):
        expected, kinds = None, self.sweep.kinds
        if self.noise.kind not in kinds:
            expected = f"Expected noise.kind, {self.noise.kind}, which is trained on, among them"
        if self.autoencoder.told and len(kinds) > 1:
            expected = (
                "Expected noise.kind alone where the autoencoder is told the level: "
                "that of another kind means something else"
            )
        if expected:
            raise ImpossibleError("sweep.kinds", expected, kinds)
        return self

    @property
    def data(self) -> Dataset:
        """The entry of `datasets` that `dataset` picks."""
        return self.datasets[self.dataset]


def read_params(path: Path | str = "params.yaml") -> Params:
    """Read and check the parameters; raise `UserError` with each key that is wrong."""
    return read_sections(path, Params)
