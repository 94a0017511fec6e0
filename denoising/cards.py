"""What a trained model says of itself: a card, kept inside its file."""

from typing import Annotated

from pydantic import Field, model_validator

from denoising.params import Denoiser, Noise, NoiseKind
from denoising.sections import Count, Fraction, ImpossibleError, NonNegative, Section


class Card(Section):
    """What a model was trained on; ``card.json`` in its ``.keras`` file.

    Attributes
    ----------
    dataset : the name of the data set, or what the images are.
    images : how many it learned from.
    size : of these images: height, width, channels.
    classes : the names of what a classifier tells apart, in the order of its outputs.
    noise : the kind that the images had; none, if they were clean.
    levels : the lowest and the highest level of it.
    clip : whether noisy images were cut to 0 to 1.
    told : the share of the images whose level the network was told; of the others, -1.
    """

    dataset: str
    images: Count
    size: Annotated[list[Count], Field(min_length=3, max_length=3)]
    classes: list[str] | None = None
    noise: NoiseKind | None = None
    levels: Annotated[list[NonNegative], Field(min_length=2, max_length=2)] | None = None
    clip: bool = True
    told: Fraction = 0
    seed: int

    @model_validator(mode="after")
    def _noise_of_some_level(self):
        if self.noise and not self.levels:
            raise ImpossibleError("levels", "Expected them where there is noise", self.levels)
        return self


def learned_noise(noise: Noise, denoiser: Denoiser | None = None) -> dict:
    """Return the entries of a card that say what noise a network has seen.

    It is `noise`, or, where a `denoiser` has a range of levels, noise of its kind in that range.
    """
    levels = (denoiser and denoiser.noise_range) or [noise.level, noise.level]
    told = denoiser.told_share if denoiser and denoiser.told else 0
    return {"noise": noise.kind, "levels": levels, "clip": noise.clip, "told": told}
