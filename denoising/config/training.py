"""The section `training`, and the training settings of each data set."""

from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from denoising.config.noise import LevelRange, Noise
from denoising.config.yaml_schema import Count, Fraction, ImpossibleError, Section

TrainingNoise = Literal["fresh", "fixed"]
Backend = Literal["tensorflow", "jax"]
Precision = Literal["float32", "mixed_bfloat16", "auto"]
Decay = Annotated[Fraction, Field(lt=1)]


def with_level(options: dict[str, Any], level_input: bool) -> dict[str, Any]:
    """Return the arguments of a network's ``build``: its options and, if it is set, `level_input`.

    A network that has no level input refuses that argument.
    """
    return options | ({"level_input": True} if level_input else {})


class NoiseLevels(Section):
    """The noise levels that networks are trained on, and whether they are given the level.

    Attributes
    ----------
    noise_range : lowest and highest level, between which each image's level is drawn; None for the
        level of the noise alone.
    level_input : give the networks the level as a second input.
    level_known : fraction of training images whose level is given; for the rest the input is -1.
    """

    noise_range: LevelRange | None = None
    level_input: bool = False
    level_known: Annotated[Fraction, Field(gt=0)] = 1

    @model_validator(mode="after")
    def _consistent(self):
        if self.noise_range and not self.noise_range[0] < self.noise_range[1]:
            expected = "Expected two levels, the lower one first"
            raise ImpossibleError("noise_range", expected, self.noise_range)
        if self.level_input and not self.noise_range:
            expected = "Expected false without a noise_range: a single level needs no input"
            raise ImpossibleError("level_input", expected, self.level_input)
        if self.level_known < 1 and not self.level_input:
            expected = "Expected 1 for networks without a level input"
            raise ImpossibleError("level_known", expected, self.level_known)
        return self

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


class Training(NoiseLevels):
    """Settings that all trainings share.

    Attributes
    ----------
    backend : of Keras. JAX trains on all GPUs, and in several processes.
    epoch_factor : the number of epochs, as a multiple of that of the data set.
    weight_averaging : decay of the averaged weights in each step; 0 for none.
    distillation : weight of the clean-trained classifier's probabilities, beside the labels, in the
        targets of networks that learn to classify noisy images.
    """

    backend: Backend = "tensorflow"
    noise: TrainingNoise
    schedule: Literal["cosine", "plateau"]
    patience: Count
    epoch_factor: Annotated[float, Field(gt=0, le=10)] = 1
    weight_averaging: Decay = 0
    distillation: Fraction = 0


class Length(Section):
    """Number of epochs and batch size of a training."""

    epochs: Count
    batch_size: Count


class ClassifierLength(Length):
    """The same for the classifiers.

    Attributes
    ----------
    erase : fraction of the clean-trained classifier's images of which a rectangle is painted over.
    """

    erase: Fraction = 0


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

    classifier: ClassifierLength
    autoencoder: Length
    joint: Length
    precision: Precision
    augmentation: Augmentation


def check_grey(fraction: float, training_noise: TrainingNoise, key: str) -> None:
    """Raise `ImpossibleError` if images turn grey while their stored noise stays coloured."""
    if fraction and training_noise == "fixed":
        expected = "Expected 0 with fixed training noise, which was drawn for colour images"
        raise ImpossibleError(key, expected, fraction)
