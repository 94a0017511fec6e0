"""Recipes: the parameters of a study, in which every network has settings of its own."""

from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from denoising.config.networks import Denoiser, check_options, one_of
from denoising.config.noise import Noise
from denoising.config.training import (
    Decay,
    NoiseLevels,
    Precision,
    TrainingNoise,
    check_grey,
    with_level,
)
from denoising.config.yaml_reader import read_sections
from denoising.config.yaml_schema import Count, Fraction, ImpossibleError, Positive, Section
from denoising.files.errors import UserError


class RecipeClassifier(Section):
    """A classifier that is scored before and after denoising."""

    network: Annotated[str, one_of("classifier")]
    epochs: Count
    batch_size: Count
    learning_rate: Positive


class Recipe(Denoiser, NoiseLevels):
    """A denoiser, its data and its training.

    Attributes
    ----------
    camera_fraction : fraction of the images with noise as cameras make it; the rest has `noise`.
    weight_averaging : decay of the denoiser's averaged weights in each step; 0 for none.
    """

    dataset: str
    noise: Noise
    training_noise: TrainingNoise
    network: Annotated[str, one_of("autoencoder")]
    optimizer: Literal["adam"]
    schedule: Literal["constant", "plateau", "cosine"]
    epochs: Count
    batch_size: Count
    precision: Precision
    flip: bool = False
    grey: Fraction = 0
    camera_fraction: Fraction = 0
    weight_averaging: Decay = 0
    classifier: RecipeClassifier | None = None

    @model_validator(mode="after")
    def _possible(self):
        check_options(self.options, "the recipe's level_input")
        self.check_noise(self.noise, self.training_noise)
        check_grey(self.grey, self.training_noise, "grey")
        if self.camera_fraction and not self.noise_range:
            expected = "Expected 0 without a noise_range, from which the levels are drawn"
            raise ImpossibleError("camera_fraction", expected, self.camera_fraction)
        return self

    @property
    def all_options(self) -> dict[str, Any]:
        """The arguments of the network's ``build``."""
        return with_level(self.options, self.level_input)


class Published(Section):
    """The parameters that the source of a recipe states, and its published figures."""

    values: list[str]
    figures: dict[Literal["psnr", "ssim_uniform", "mae", "bce"], float]


class Recipes(Section):
    """All of a study's `params.yaml`.

    Attributes
    ----------
    arms : the levels on which the arms of the pipeline are trained a second time.
    """

    seed: Annotated[int, Field(ge=0, lt=2**32)]
    recipes: dict[str, Recipe]
    published: dict[str, Published] | None = None
    arms: NoiseLevels | None = None


def read_recipes(study: Path) -> Recipes:
    """Read and check the recipes of a study, by its folder."""
    return read_sections(study / "params.yaml", Recipes)


def read_recipe(name: str, study: Path) -> tuple[Recipe, int]:
    """Return the recipe called `name` and the seed; raise `UserError` for an unknown name."""
    found = read_recipes(study)
    if name not in found.recipes:
        names = ", ".join(found.recipes)
        raise UserError(f"{study} has no recipe {name!r}. Expected one of: {names}")
    return found.recipes[name], found.seed
