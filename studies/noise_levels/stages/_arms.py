"""The arms that are trained on a range of levels: their parameters, and where their files are."""

from pathlib import Path

from denoising.config.params import Params
from denoising.config.recipe import read_recipes
from denoising.config.training import NoiseLevels
from denoising.config.yaml_schema import ImpossibleError
from denoising.files.errors import UserError
from stages._paths import MODELS, Place

STUDY = Path("studies/noise_levels")
OUTPUTS = Path("data/noise_levels")
PLACE = Place(MODELS / "noise_levels_arms", OUTPUTS / "history", "noise_levels_arms-")


def read_levels(params: Params) -> NoiseLevels:
    """Return the range of levels; raise `UserError` if it does not fit the parameters."""
    found, path = read_recipes(STUDY).arms, STUDY / "params.yaml"
    if not found or not found.noise_range:
        raise UserError(f"{path} has no arms.noise_range. Add it, for example [0, 0.6].")
    if params.training.noise_range:
        raise UserError(
            "params.yaml has a training.noise_range, and the arms of this study are compared with "
            "arms trained at one level. Remove it."
        )
    try:
        found.check_noise(params.noise, params.training.noise, "arms.noise_range")
    except ImpossibleError as error:
        raise UserError(f"{path}: {error.key}: {error}. Received: {error.received}") from None
    return found


def over_range(params: Params) -> Params:
    """Return the parameters of the pipeline, for trainings on the range of levels."""
    levels = read_levels(params).model_dump()
    return params.model_copy(update={"training": params.training.model_copy(update=levels)})
