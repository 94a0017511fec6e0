"""The recipes of the studies: networks that can be built, and their training."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from denoising.config.recipe import read_recipes
from denoising.datasets.splits import Split
from denoising.inference.predict import denoise
from denoising.networks.registry import build
from stages._recipes import train_denoiser
from tests.support.learning import runnable

RECIPES = read_recipes(Path("studies/published")).recipes


@pytest.mark.parametrize("name", RECIPES)
def test_the_network_of_a_recipe_can_be_built(name, values):
    recipe = RECIPES[name]
    source = values["datasets"][recipe.dataset]["source"]
    shape = (32, 32, 3) if source["format"] == "cifar" else (28, 28, 1)
    model = build(recipe.network, "autoencoder", recipe.all_options, shape)
    assert denoise(runnable(model), np.zeros((1, *shape), np.float32)).shape == (1, *shape)


@pytest.mark.parametrize(
    ("schedule", "epochs"),
    [("cosine", 14), pytest.param("constant", 11, marks=pytest.mark.long)],
)
def test_a_training_with_a_cosine_schedule_is_not_stopped_early(
    schedule, epochs, pixels, tmp_path, monkeypatch
):
    """A learning rate that is far too high makes the first epoch the best."""
    monkeypatch.chdir(tmp_path)
    settings = {"schedule": schedule, "epochs": 14, "learning_rate": 10.0}
    recipe = RECIPES["shallow_fashion_mnist"].model_copy(update=settings)
    images = Split(pixels, np.zeros(len(pixels), int))
    splits = {"train": images, "validation": images}
    train_denoiser(Path("models/published/some"), recipe, splits, seed=0)
    assert len(pd.read_csv("models/published/some/denoiser.csv")) == epochs
