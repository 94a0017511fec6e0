"""The parameters of the studies, and the results that are kept of them."""

import hashlib
from pathlib import Path

import pandas as pd
import pytest

from denoising.baselines.filters import DENOISERS
from denoising.config.recipe import read_recipe, read_recipes
from denoising.datasets.sample_photographs import read_photograph
from denoising.files.errors import UserError
from studies.photographs.stages._settings import read_settings
from tests.support.dag import ROOT
from tests.support.yaml_files import read_yaml

PUBLISHED = Path("studies/published")
LEVELS = read_yaml(ROOT / "studies/noise_levels/params.yaml")["recipes"]
MEASURES = pd.read_csv(ROOT / "results/photographs/measures.csv")
SHIPPED = ROOT / "denoising/inference/photos.keras"


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


def test_test_photographs_were_never_trained_on():
    used = read_settings().photographs
    names = [*used.train, *used.test]
    assert len(set(names)) == len(names)
    channels = [read_photograph(name).shape[2] for name in used.test]
    assert sorted(channels) == [1, 1, 3, 3]
    pixels = {name: read_photograph(name).tobytes() for name in names}
    assert len(set(pixels.values())) == len(names)


def test_an_unknown_photograph_is_refused():
    with pytest.raises(UserError, match=r"sun\.png"):
        read_photograph("sun.png")


def test_the_model_in_git_is_the_one_that_the_study_trained():
    lock = read_yaml(ROOT / "results/photographs/dvc.lock")["stages"]["train"]
    [kept] = [out for out in lock["outs"] if out["path"].endswith("photos.keras")]
    content = SHIPPED.read_bytes()
    assert hashlib.md5(content).hexdigest() == kept["md5"]
    assert len(content) <= 3 * 2**20


@pytest.mark.parametrize(("level", "decibels"), [(15, 1.1), (25, 1.25), (50, 2.1)])
def test_the_model_beats_every_denoiser_without_training(level, decibels):
    part = MEASURES[MEASURES.level == level]
    assert set(part.photograph) == set(read_settings().photographs.test)
    psnr, ssim = (
        part.pivot(index="photograph", columns="denoiser", values=key) for key in ("psnr", "ssim")
    )
    others = list(DENOISERS)
    ahead = psnr["ours"] - psnr[others].max(axis=1)
    assert ahead.min() > 0.5
    assert ahead.mean() > decibels
    assert (ssim["ours"] - ssim[others].max(axis=1)).min() > 0.01
