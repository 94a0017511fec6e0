"""The sections `sweep` and `classical`: which levels and images are measured."""

from typing import Annotated

from pydantic import Field, model_validator

from denoising.config.noise import Level, NoiseKind
from denoising.config.yaml_schema import Count, ImpossibleError, Section

Portion = Annotated[float, Field(gt=0, le=1)]


class Sweep(Section):
    """Levels and kinds of noise at which every arm is measured."""

    levels: Annotated[list[Level], Field(min_length=2)]
    kinds: Annotated[list[NoiseKind], Field(min_length=1)]
    images: Count
    fraction: Portion

    @model_validator(mode="after")
    def _rising_levels(self):
        if sorted(set(self.levels)) != self.levels:
            expected = "Expected each level once, from the lowest to the highest"
            raise ImpossibleError("levels", expected, self.levels)
        if len(set(self.kinds)) < len(self.kinds):
            raise ImpossibleError("kinds", "Expected each kind once", self.kinds)
        if "salt_and_pepper" in self.kinds and self.levels[-1] > 1:
            expected = "Expected at most 1, because `kinds` includes salt_and_pepper"
            raise ImpossibleError("levels", expected, self.levels)
        return self


class Classical(Section):
    """Highest numbers of test and validation images for denoisers without training."""

    images: Count
    validation_images: Count
    fraction: Portion
