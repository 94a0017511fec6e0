"""The recipes of a folder, its `params.yaml`, as typed values."""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, model_validator

from denoising.errors import UserError
from denoising.params import Denoiser, Noise, check_grey, one_of
from denoising.sections import Count, Fraction, Positive, Section, read_sections

HERE = Path("recipes")


class Classifier(Section):
    """A classifier that is measured before and after denoising."""

    network: Annotated[str, one_of("classifier")]
    epochs: Count
    batch_size: Count
    learning_rate: Positive


class Recipe(Denoiser):
    """What is trained on what, and how."""

    dataset: str
    noise: Noise
    training_noise: Literal["fixed", "fresh"]
    network: Annotated[str, one_of("autoencoder")]
    optimizer: Literal["adam"]
    schedule: Literal["constant", "plateau", "cosine"]
    epochs: Count
    batch_size: Count
    precision: Literal["float32", "mixed_bfloat16", "auto"]
    flip: bool = False
    grey: Fraction = 0
    classifier: Classifier | None = None

    @model_validator(mode="after")
    def _possible_range(self):
        self.check_noise(self.noise, self.training_noise)
        check_grey(self.grey, self.training_noise, "grey")
        return self


class Published(Section):
    """Which values of a recipe its source gives, and the figures that it prints."""

    values: list[str]
    figures: dict[Literal["psnr", "ssim_uniform", "mae", "bce"], float]


class Recipes(Section):
    """All of a folder's `params.yaml`."""

    seed: Annotated[int, Field(ge=0, lt=2**32)]
    recipes: dict[str, Recipe]
    published: dict[str, Published] | None = None


def read_recipes(folder: Path = HERE) -> Recipes:
    """Read and check the recipes of a folder."""
    return read_sections(folder / "params.yaml", Recipes)


def read_recipe(name: str, folder: Path = HERE) -> tuple[Recipe, int]:
    """Return the recipe called `name` and the seed; raise `UserError` if there is none."""
    found = read_recipes(folder)
    if name not in found.recipes:
        raise UserError(f"Expected a recipe among {', '.join(found.recipes)}. Received: {name!r}")
    return found.recipes[name], found.seed
