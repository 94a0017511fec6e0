"""The study of levels: what it depends on, what it writes, and how levels are estimated."""

import hashlib
import json

import numpy as np
import pandas as pd
import pytest
import yaml

from denoising.noise.estimation import estimate_level, squared_error
from denoising.noise.keys import noise_keys
from denoising.noise.models import add_noise
from tests.support.dag import ROOT, imported_files
from tests.support.workspace import fresh_copy, succeed, tiny, write_params

FOLDER = "studies/levels"
STAGES = yaml.safe_load((ROOT / FOLDER / "dvc.yaml").read_text())["stages"]
RECIPES = yaml.safe_load((ROOT / FOLDER / "params.yaml").read_text())["recipes"]


def test_the_expected_error_is_that_of_clipped_noise():
    normal = np.random.default_rng(0).normal(size=1_000_000)
    for clean in (0.0, 0.1, 0.5, 0.97):
        for level in (0.05, 0.3, 0.6):
            noisy = np.clip(clean + level * normal, 0, 1)
            expected = squared_error(np.array(clean), np.array(level))
            assert np.square(noisy - clean).mean() == pytest.approx(expected, rel=0.01)


@pytest.mark.parametrize("clip", [True, False])
@pytest.mark.parametrize("level", [0.0, 0.05, 0.2, 0.6])
def test_the_level_is_estimated_from_noise_that_is_known(images, level, clip):
    black = images * (images > 0.5)  # where clipping hides half of the noise
    keys = noise_keys(0, "test", "gaussian", range(len(images)))
    noisy = add_noise(black, level, keys, clip=clip)
    found = estimate_level(noisy, black, clip)
    assert found.mean() == pytest.approx(level, rel=0.02, abs=1e-6)
    assert found == pytest.approx(np.full(len(images), level), rel=0.2, abs=1e-6)


def test_all_denoisers_are_trained_alike_but_for_the_noise():
    def rest(recipe):
        return {
            key: value
            for key, value in recipe.items()
            if key not in ("noise", "noise_range", "told", "loss")
        }

    blind = rest(RECIPES["blind"])
    assert all(rest(recipe) == blind for recipe in RECIPES.values())
    losses = {name: recipe["loss"] for name, recipe in RECIPES.items()}
    assert {losses[f"specialist_{level}"] for level in range(1, 6)} == {"mean_absolute_error"}
    assert {loss for name, loss in losses.items() if name[-1] not in "12345"} == {"psnr"}
    assert {recipe["training_noise"] for recipe in RECIPES.values()} == {"fresh"}


def test_the_study_depends_on_the_code_that_it_runs():
    train, measure = STAGES["train"]["do"]["deps"], STAGES["measure"]["deps"]
    network = imported_files("denoising.networks.residual_unet")
    assert set(train) == imported_files("recipes.train") | network | {"requirements.txt"}
    models = {f"{FOLDER}/models"}
    needed = imported_files("studies.levels.measure") | {"requirements.txt"} | models
    assert set(measure) == needed


def test_the_kept_tables_are_those_of_the_lock():
    lock = yaml.safe_load((ROOT / FOLDER / "dvc.lock").read_text())["stages"]
    for out in lock["measure"]["outs"]:
        assert out["md5"] == hashlib.md5((ROOT / out["path"]).read_bytes()).hexdigest()
    assert set(lock) == {"measure", *(f"train@{name}" for name in RECIPES)}


@pytest.mark.long
def test_the_study_runs(tmp_path):
    fresh_copy(tmp_path)
    write_params(tmp_path, tiny)
    chosen = ("specialist_2", "blind", "specialist_1_psnr", "told")
    values = yaml.safe_load((tmp_path / FOLDER / "params.yaml").read_text())
    values["recipes"] = {
        name: RECIPES[name] | {"dataset": "digits", "epochs": 1, "options": {"width": 8}}
        for name in chosen
    }
    (tmp_path / FOLDER / "params.yaml").write_text(yaml.safe_dump(values))
    succeed(f"dvc repro {FOLDER}/dvc.yaml", tmp_path)
    levels = pd.read_csv(tmp_path / FOLDER / "levels.csv")
    denoisers = set(levels[levels["level"] == 0.2]["denoiser"])
    told = {"told", "told the estimate", "told half", "told twice"}
    assert denoisers == told | {"noisy", "blind", "specialist"}
    assert levels["n"].eq(20).all()
    estimates = pd.read_csv(tmp_path / FOLDER / "estimates.csv")
    assert set(estimates["clipped"]) == {True, False}
    metrics = json.loads((tmp_path / FOLDER / "metrics.json").read_text())
    assert set(metrics) == {"0.1", "0.2", "identity_psnr"}
    assert "blind_minus_specialist_psnr" in metrics["0.1"]
    assert "Running" not in succeed(f"dvc repro {FOLDER}/dvc.yaml", tmp_path)
