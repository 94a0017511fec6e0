"""The recipe for photographs: what it learns from, what it is measured on, what it gave."""

import hashlib

import numpy as np
import pandas as pd
import pytest
import yaml
from recipes.photos import measure

from denoising.baselines import filters as classical
from denoising.datasets.sample_photographs import read_photograph
from denoising.files.errors import UserError
from denoising.files.models import read_model
from denoising.inference.blind import find_and_denoise
from denoising.inference.pretrained import PHOTOS, open_card
from studies.photographs.stages._colours import recolour_turned, recoloured
from studies.photographs.stages._patches import Photographs, in_colour, patches, read_settings
from tests.support.dag import ROOT, imported_files

FOLDER = ROOT / "recipes/photos"
STAGES = yaml.safe_load((FOLDER / "dvc.yaml").read_text())["stages"]
MEASURES = pd.read_csv(FOLDER / "measures.csv")
KEYS = ("psnr", "ssim")


def test_the_recipe_depends_on_the_code_that_it_runs():
    network = imported_files("denoising.networks.photo_unet")
    locked = {"requirements.txt"}
    train, measured = set(STAGES["train"]["deps"]), set(STAGES["measure"]["deps"])
    assert train == imported_files("recipes.photos.train") | network | locked
    model = {"recipes/photos/models"}
    assert measured == imported_files("recipes.photos.measure") | model | locked


def test_photographs_that_are_measured_were_never_trained_on():
    used = read_settings().photographs
    names = [*used.train, *used.validation, *used.test]
    assert len(set(names)) == len(names)
    channels = [read_photograph(name).shape[2] for name in used.test]
    assert sorted(channels) == [1, 1, 3, 3]
    pixels = {name: read_photograph(name).tobytes() for name in names}
    assert len(set(pixels.values())) == len(names)


def test_patches_are_upright_and_turned_at_each_scale():
    photograph = np.arange(20 * 30 * 3, dtype=np.uint8).reshape(20, 30, 3)
    settings = Photographs(
        train=["a"],
        validation=["b"],
        test=["c"],
        side=10,
        step=5,
        scales=[1.0, 0.5],
        most=4,
        contrast=1,
    )
    found = patches(photograph, settings)
    assert found.shape == (2 * 4 + 2 * 2, 10, 10, 3)
    assert np.array_equal(found[0], photograph[:10, :10])
    assert np.array_equal(found[1], np.rot90(photograph[:10, :10]))
    assert np.array_equal(found[6], photograph[10:20, 20:30])


def test_each_second_patch_gets_other_colours_and_grey_ones_a_tint():
    images = np.random.default_rng(0).integers(0, 256, (40, 16, 16, 3)).astype(np.uint8)
    images[:20] = images[:20, ..., :1]
    found = {name: images.copy() for name in ("one", "again", "other")}
    for name, seed in (("one", 0), ("again", 0), ("other", 1)):
        recolour_turned(found[name], 0.4, seed)
    assert np.array_equal(found["one"], found["again"])
    assert np.array_equal(found["one"][::2], images[::2])
    for before in (images, found["other"]):
        assert (found["one"] != before)[1::2].any(axis=(1, 2, 3)).all()
    assert (found["one"] != found["one"][..., :1])[1:20:2].any(axis=(1, 2, 3)).all()


def test_other_colours_are_the_same_picture():
    images = np.random.default_rng(0).integers(0, 256, (40, 16, 16, 3)).astype(np.uint8)
    found = recoloured(images, 0.4, np.random.default_rng(1))
    flat = [array.reshape(40, -1, 3).transpose(0, 2, 1).astype(float) for array in (images, found)]
    for before, after in zip(*flat, strict=True):
        alike = np.corrcoef(before, after)[:3, 3:]
        assert np.allclose(alike.max(axis=0), 1, atol=1e-4)
        assert sorted(alike.argmax(axis=0)) == [0, 1, 2]
        contrast = np.ptp(after, axis=1) / np.ptp(before, axis=1)
        assert (contrast > 0.38).all()
        assert (contrast <= 1.01).all()
        assert len(np.unique(contrast)) == 3


def test_grey_photographs_have_three_equal_channels():
    moon = in_colour(read_photograph("moon.png"))
    assert moon.shape == (512, 512, 3)
    assert (moon == moon[..., :1]).all()


def test_an_unknown_photograph_has_level_input_of():
    with pytest.raises(UserError, match=r"Expected a photograph .* Received: 'sun.png'"):
        read_photograph("sun.png")


def test_the_model_in_git_is_the_one_that_the_recipe_trained():
    lock = yaml.safe_load((FOLDER / "dvc.lock").read_text())["stages"]["train"]
    params = yaml.safe_load((FOLDER / "params.yaml").read_text())
    params["recipes.photos"] = params.pop("recipes")["photos"]
    assert lock["params"]["recipes/photos/params.yaml"] == params
    (kept,) = (out for out in lock["outs"] if out["path"] == "denoising/photos.keras")
    content = PHOTOS.read_bytes()
    assert hashlib.md5(content).hexdigest() == kept["md5"]
    assert len(content) <= 3 * 2**20


def test_the_model_says_what_it_was_trained_on():
    card = open_card(PHOTOS)
    assert card.dataset == "photographs"
    assert card.levels == [0, 0.2]
    assert 0 < card.told < 1


@pytest.mark.parametrize(("level", "decibels"), [(15, 1.1), (25, 1.25), (50, 2.1)])
def test_it_is_ahead_of_the_best_denoiser_without_training(level, decibels):
    part = MEASURES[MEASURES.level == level]
    assert set(part.photograph) == set(read_settings().photographs.test)
    psnr, ssim = (part.pivot(index="photograph", columns="denoiser", values=key) for key in KEYS)
    others = list(classical.DENOISERS)
    ahead = psnr["ours"] - psnr[others].max(axis=1)
    assert ahead.min() > 0.5
    assert ahead.mean() > decibels
    assert (ssim["ours"] - ssim[others].max(axis=1)).min() > 0.01


@pytest.mark.parametrize("name", ["chelsea.png", "coins.png"])
def test_the_model_in_git_reaches_the_kept_figures(name):
    number = read_settings().photographs.test.index(name)
    clean = read_photograph(name)
    noisy = measure.made_noisy(clean, 25, number, read_settings().seed)
    denoised, _ = find_and_denoise(read_model(PHOTOS), noisy, open_card(PHOTOS))
    found = measure.score(clean, denoised)
    kept = MEASURES.query(f"photograph == '{name}' and level == 25 and denoiser == 'ours'")
    assert found["psnr"] == pytest.approx(kept.psnr.item(), abs=0.02)
    assert found["ssim"] == pytest.approx(kept.ssim.item(), abs=0.002)
