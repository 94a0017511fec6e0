"""All of `params.yaml`: a misspelt key, a wrong type or an impossible value stops a stage."""

from pathlib import Path
from typing import Annotated

from pydantic import Field, model_validator

from denoising.config.evaluation import Classical, Sweep
from denoising.config.networks import Autoencoder, Classifier, Joint, check_options
from denoising.config.noise import Noise
from denoising.config.sources import FileName, Source
from denoising.config.traffic_signs import Detector
from denoising.config.training import DatasetTraining, Training, check_grey
from denoising.config.yaml_reader import read_sections
from denoising.config.yaml_schema import ImpossibleError, Section
from denoising.files.errors import UserError


class Dataset(Section):
    """An entry of `datasets`."""

    source: Source
    training: DatasetTraining


class Params(Section):
    """All of `params.yaml`."""

    seed: Annotated[int, Field(ge=0, lt=2**32)]
    threads: Annotated[int, Field(ge=1, le=1024)]
    dataset: str
    noise: Noise
    training: Training
    classifier: Classifier
    autoencoder: Autoencoder
    joint: Joint
    sweep: Sweep
    classical: Classical
    detector: Detector
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
        self.training.check_noise(self.noise, self.training.noise, "training.noise_range")
        return self

    @model_validator(mode="after")
    def _known_options(self):
        for name in ("classifier", "autoencoder"):
            check_options(getattr(self, name).options, "training.level_input", f"{name}.")
        return self

    @model_validator(mode="after")
    def _possible_augmentation(self):
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
            expected = f"Expected noise.kind, {self.noise.kind}, among them"
        if self.training.level_input and len(kinds) > 1:
            expected = (
                "Expected noise.kind alone with training.level_input: "
                "the levels of other kinds have another meaning"
            )
        if expected:
            raise ImpossibleError("sweep.kinds", expected, kinds)
        return self

    @property
    def data(self) -> Dataset:
        """The entry of `datasets` that `dataset` names."""
        return self.datasets[self.dataset]


def read_params(path: Path | str = "params.yaml") -> Params:
    """Read and check the parameters; raise `UserError` that lists every wrong key."""
    return read_sections(path, Params)


def known_classes(classes: list[str], dataset: str) -> list[str]:
    """Return the classes of a data set; raise `UserError` if it has none to learn."""
    if not classes:
        raise UserError(
            f"The data set {dataset} has no classes to learn: datasets.{dataset}.source.classes is "
            "[]. Run `dvc repro evaluate_reference`, which trains and measures the autoencoder "
            "alone."
        )
    return classes
