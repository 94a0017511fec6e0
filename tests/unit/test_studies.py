"""The parameters of the studies, and the results that are kept of them."""

from pathlib import Path

import pytest

from denoising.config.recipe import read_recipe, read_recipes
from denoising.datasets.sample_photographs import read_photograph
from denoising.files.errors import UserError
from tests.support.dag import ROOT
from tests.support.yaml_files import read_yaml

PUBLISHED = Path("studies/published")
LEVELS = read_yaml(ROOT / "studies/noise_levels/params.yaml")["recipes"]


def test_every_published_value_is_a_parameter_of_its_recipe():
    study = read_recipes(PUBLISHED)
    assert study.published
    assert set(study.published) < set(study.recipes)
    for name, published in study.published.items():
        values = study.recipes[name].model_dump()
        for key in published.values:
            section, _, inner = key.partition(".")
            assert section in values, key
            assert not inner or inner in values[section], key


def test_an_unknown_recipe_is_refused():
    with pytest.raises(UserError, match=r"no recipe 'simple'. Expected one of: simple_mnist, "):
        read_recipe("simple", PUBLISHED)


def test_all_denoisers_are_trained_alike_except_for_the_noise():
    def rest(recipe):
        return {
            key: value
            for key, value in recipe.items()
            if key not in ("noise", "noise_range", "level_input", "loss")
        }

    blind = rest(LEVELS["blind"])
    assert all(rest(recipe) == blind for recipe in LEVELS.values())
    losses = {name: recipe["loss"] for name, recipe in LEVELS.items()}
    assert {losses[f"specialist_{level}"] for level in range(1, 6)} == {"mean_absolute_error"}
    assert {loss for name, loss in losses.items() if name[-1] not in "12345"} == {"psnr"}
    assert {recipe["training_noise"] for recipe in LEVELS.values()} == {"fresh"}


def test_an_unknown_photograph_is_refused():
    with pytest.raises(UserError, match=r"sun\.png"):
        read_photograph("sun.png")
