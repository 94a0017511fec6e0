"""The model card: a description of the training data, stored inside the model's file."""

from typing import Annotated, Any

from pydantic import AliasChoices, Field, model_validator

from denoising.config.networks import Denoiser
from denoising.config.noise import LevelRange, Noise, NoiseKind
from denoising.config.yaml_schema import Count, Fraction, ImpossibleError, Section


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

    @model_validator(mode="after")
    def _noise_has_levels(self):
        if self.noise and not self.levels:
            raise ImpossibleError("levels", "Expected levels, because noise is set", self.levels)
        return self


def noise_entries(noise: Noise, denoiser: Denoiser | None = None) -> dict[str, Any]:
    """Return the card's entries about noise, for training with `noise`.

    If a `denoiser` has a range of levels, it replaces the level of `noise`.
    """
    levels = (denoiser and denoiser.noise_range) or [noise.level, noise.level]
    known = denoiser.level_known if denoiser and denoiser.level_input else 0
    return {"noise": noise.kind, "levels": levels, "clip": noise.clip, "level_known": known}
