"""Recipes: their parameters, their stage, their page."""

import pytest
import yaml

from denoising.errors import UserError
from recipes import table
from recipes.settings import read_recipe, read_recipes
from tests.pipeline import ROOT, imported_files

RECIPES = read_recipes()
STAGE = yaml.safe_load((ROOT / "recipes/dvc.yaml").read_text())["stages"]["recipe"]["do"]


def test_every_recipe_says_what_was_published_and_of_what_it_consists():
    assert set(RECIPES.published) == set(RECIPES.recipes)
    for name, published in RECIPES.published.items():
        values = RECIPES.recipes[name].model_dump()
        for key in published.values:
            section, _, inner = key.partition(".")
            assert section in values, key
            assert not inner or inner in values[section], key


def test_an_unknown_recipe_is_told_of():
    with pytest.raises(UserError, match=r"simple_mnist, .*Received: 'simple'"):
        read_recipe("simple")


def test_the_stage_depends_on_what_it_imports():
    code = {path for path in STAGE["deps"] if path.endswith(".py") and "${" not in path}
    networks = imported_files("denoising.networks.simple") | imported_files(
        "denoising.networks.dncnn"
    )
    assert imported_files("recipes.run") <= code
    assert code <= imported_files("recipes.run") | networks


def test_the_page_is_that_of_the_metrics():
    """Where this fails, run `python -m recipes.table`."""
    text = table.PAGE.read_text()
    assert table.updated(text, table.TABLES) == text
    for name in table.read()[1]:
        assert f"| `{name}` |" in text


@pytest.mark.parametrize(
    ("key", "value", "published", "near"),
    [
        ("psnr", 19.41, 19.75, True),
        ("psnr", 19.39, 19.75, False),
        ("mae", 0.0359, 0.0327, True),
        ("mae", 0.0361, 0.0327, False),
        ("ssim_uniform", 0.9, 0.8637, True),
        ("ssim_uniform", 0.91, 0.8637, False),
    ],
)
def test_what_counts_as_reproduced(key, value, published, near):
    assert table.within_tolerance(key, value, published) is near
