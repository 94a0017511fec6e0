"""The section `training`, and the training settings of each data set."""

from typing import Annotated, Literal

from pydantic import Field

from denoising.config.yaml_schema import Count, Fraction, ImpossibleError, Section

TrainingNoise = Literal["fresh", "fixed"]
Precision = Literal["float32", "mixed_bfloat16", "auto"]


class Training(Section):
    """Settings that all trainings share."""

    noise: TrainingNoise
    schedule: Literal["cosine", "plateau"]
    patience: Count


class Length(Section):
    """Number of epochs and batch size of a training."""

    epochs: Count
    batch_size: Count


class Augmentation(Section):
    """Random changes to training images.

    Attributes
    ----------
    flip : mirror left to right.
    shift : most pixels by which an image is moved in each direction.
    grey : fraction of colour images that are turned grey.
    """

    flip: bool
    shift: Annotated[int, Field(ge=0, le=256)]
    grey: Fraction = 0


class DatasetTraining(Section):
    """Training settings of one data set."""

    classifier: Length
    autoencoder: Length
    joint: Length
    precision: Precision
    augmentation: Augmentation


def check_grey(fraction: float, training_noise: TrainingNoise, key: str) -> None:
    """Raise `ImpossibleError` if images turn grey while their stored noise stays coloured."""
    if fraction and training_noise == "fixed":
        expected = "Expected 0 with fixed training noise, which was drawn for colour images"
        raise ImpossibleError(key, expected, fraction)
