"""The model card: a description of the training data, stored inside the model's file."""

from typing import Annotated, Any

from pydantic import AliasChoices, Field, model_validator

from denoising.config.noise import LevelRange, Noise, NoiseKind
from denoising.config.training import NoiseLevels
from denoising.config.yaml_schema import Count, Fraction, ImpossibleError, NonNegative, Section


class Ground(Section):
    """How the subjects of grey training images lie on a ground of one brightness.

    Attributes
    ----------
    level : brightness of the ground, from 0, black, to 1, white.
    brighter : whether subjects are brighter than the ground.
    sides : the longer side of the subject, relative to that of the image: the 1% quantile, the
        median and the 99% quantile.
    by_mass : whether subjects are centred by their mass, not by their box.
    offset : distance of their centres from the images', relative to the side: the 99% quantile.
    """

    level: Fraction
    brighter: bool
    sides: Annotated[list[Fraction], Field(min_length=3, max_length=3)]
    by_mass: bool
    offset: NonNegative


class Usual(Section):
    """What is usual in the grey thumbnails of training images: a normal distribution.

    Attributes
    ----------
    mean : (cells,), on the scale from 0 to 1.
    whitening : the lower triangle, by rows, of a matrix (cells, cells) that turns differences from
        the mean into independent ones of deviation 1. Their length is the distance of an image.
    farthest : the distance below which 99% of the validation images are, clean ones and those that
        the classifier was trained on, whichever is longer.
    farthest_clean : the same for clean ones.
    """

    mean: list[float]
    whitening: list[list[float]]
    farthest: NonNegative
    farthest_clean: NonNegative


class Card(Section):
    """The training data of a model; ``card.json`` in its ``.keras`` file, metadata in ``.onnx``.

    Attributes
    ----------
    dataset : the name of the data set, or a description of the images.
    images : number of training images.
    size : their height, width and channels.
    classes : class names in the order of a classifier's outputs.
    noise : kind of noise added to the images; None if they were clean.
    levels : lowest and highest level of the noise.
    clip : whether noisy images were clipped to [0, 1].
    level_known : fraction of images whose level the network was given; for the rest its level
        input was -1. 0 for a network without a level input. Version 0.1 called it ``told``.
    seed : of the training.
    ground : of the images of a classifier; None if it is not plain.
    usual : what is usual in the images of a classifier; None in cards of earlier versions.
    """

    dataset: str
    images: Count
    size: Annotated[list[Count], Field(min_length=3, max_length=3)]
    classes: list[str] | None = None
    noise: NoiseKind | None = None
    levels: LevelRange | None = None
    clip: bool = True
    level_known: Fraction = Field(default=0, validation_alias=AliasChoices("level_known", "told"))
    seed: int
    ground: Ground | None = None
    usual: Usual | None = None

    @model_validator(mode="after")
    def _noise_has_levels(self):
        if self.noise and not self.levels:
            raise ImpossibleError("levels", "Expected levels, because noise is set", self.levels)
        return self


def noise_entries(noise: Noise, trained: NoiseLevels | None = None) -> dict[str, Any]:
    """Return the card's entries about noise, for training with `noise`.

    If networks are `trained` on a range of levels, it replaces the level of `noise`.
    """
    levels = (trained and trained.noise_range) or [noise.level, noise.level]
    known = trained.level_known if trained and trained.level_input else 0
    return {"noise": noise.kind, "levels": levels, "clip": noise.clip, "level_known": known}
