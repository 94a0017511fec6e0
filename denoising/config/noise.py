"""The section `noise`."""

from typing import Annotated, Literal

from pydantic import AfterValidator, Field, model_validator

from denoising.config.yaml_schema import ImpossibleError, Section

# Within these bounds every kind of noise is representable in float32.
LOWEST_LEVEL, HIGHEST_LEVEL = 1e-6, 10


def _computable(level: float) -> float:
    if 0 < level < LOWEST_LEVEL:
        raise ValueError(f"Expected 0, or a level of at least {LOWEST_LEVEL}")
    return level


Level = Annotated[float, Field(ge=0, le=HIGHEST_LEVEL), AfterValidator(_computable)]
LevelRange = Annotated[list[Level], Field(min_length=2, max_length=2)]
NoiseKind = Literal["gaussian", "speckle", "poisson", "salt_and_pepper", "camera"]


class Noise(Section):
    """A kind of noise, its level (see `denoising.noise.models`), and whether to clip to [0, 1]."""

    kind: NoiseKind
    level: Level
    clip: bool

    @model_validator(mode="after")
    def _fraction_of_pixels(self):
        if self.kind == "salt_and_pepper" and self.level > 1:
            raise ImpossibleError("level", "Expected a fraction of pixels, from 0 to 1", self.level)
        return self

    def at(self, level: float) -> "Noise":
        """Return the same kind of noise at another level."""
        return self.model_copy(update={"level": level})

    def of(self, kind: NoiseKind) -> "Noise":
        """Return another kind of noise at the same level."""
        return self.model_copy(update={"kind": kind})
