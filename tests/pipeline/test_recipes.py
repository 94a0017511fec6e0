"""Recipes: their parameters, their stage, their page."""

import copy
import hashlib
import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml

from denoising.config.recipe import read_recipe, read_recipes
from denoising.datasets.splits import Split
from denoising.files.errors import UserError
from denoising.inference.predict import denoise
from denoising.networks.registry import build
from denoising.training.session import train_denoiser
from tests.support.dag import ROOT, imported_files
from tests.support.workspace import fresh_copy, run, succeed, tiny, write_params
from tools import published_tables as table

RECIPES = read_recipes()
STAGES = yaml.safe_load((ROOT / "recipes/dvc.yaml").read_text())["stages"]
MODULES = {"train": "recipes.train", "recipe": "recipes.evaluate"}


def test_every_recipe_says_what_was_published_and_of_what_it_consists():
    ours = {name for name, recipe in RECIPES.recipes.items() if recipe.network == table.OURS}
    assert set(RECIPES.published) == set(RECIPES.recipes) - ours
    for name, published in RECIPES.published.items():
        values = RECIPES.recipes[name].model_dump()
        for key in published.values:
            section, _, inner = key.partition(".")
            assert section in values, key
            assert not inner or inner in values[section], key


def test_an_unknown_recipe_has_level_input_of():
    with pytest.raises(UserError, match=r"simple_mnist, .*Received: 'simple'"):
        read_recipe("simple")


@pytest.mark.long
def test_a_recipe_runs_from_its_parameters_to_its_figures(tmp_path):
    fresh_copy(tmp_path)
    write_params(tmp_path, tiny)
    path = tmp_path / "recipes/params.yaml"
    values = yaml.safe_load(path.read_text())
    recipe = values["recipes"]["shallow_fashion_mnist"] | {"dataset": "digits", "epochs": 2}
    recipe["classifier"]["epochs"] = 1
    path.write_text(yaml.safe_dump({"seed": 0, "recipes": {"small": recipe}, "published": {}}))

    succeed("dvc repro recipes/dvc.yaml:recipe@small", tmp_path)
    written = (tmp_path / "recipes/metrics/small.json").read_text()
    found = json.loads(written)
    assert found["psnr_gain"] == pytest.approx(found["psnr"] - found["psnr_noisy"], abs=1e-3)
    assert found["mae_gain"] == pytest.approx(found["mae_noisy"] - found["mae"], abs=1e-5)
    assert found["validation"]["psnr"] == pytest.approx(found["psnr"], abs=2)
    assert set(found["classification"]) == {
        "clean_trained",
        "denoised_clean_trained",
        "noise_trained",
    }
    folder = tmp_path / "recipes/plots/small"
    assert len(pd.read_csv(folder / "history.csv")) == 2
    models = {file.name for file in (tmp_path / "recipes/models/small").glob("*.keras")}
    assert models == {"denoiser.keras", "classifier_clean.keras", "classifier_noisy.keras"}
    for score in ("psnr", "ssim", "mae"):
        table = pd.read_csv(folder / f"{score}.csv")
        assert list(table["images"].unique()) == ["noisy", "denoised", "gain"]
        assert table.groupby("images")["percent"].sum().tolist() == pytest.approx([100] * 3)
    assert {"curves.png", "pictures.png"} < {file.name for file in folder.iterdir()}

    lock = (tmp_path / "recipes/dvc.lock").read_text()
    assert "Running" not in succeed("dvc repro recipes/dvc.yaml", tmp_path)
    succeed("dvc repro --force recipes/dvc.yaml", tmp_path)
    assert (tmp_path / "recipes/dvc.lock").read_text() == lock
    assert (tmp_path / "recipes/metrics/small.json").read_text() == written

    done = run("python -m recipes.train missing", tmp_path)
    assert done.returncode == 1
    assert "Expected a recipe among small" in done.stderr


def networks(recipe) -> set[str]:
    """Return the files of the networks of a recipe."""
    names = [recipe.network, *([recipe.classifier.network] if recipe.classifier else [])]
    return set().union(*(imported_files(f"denoising.networks.{name}") for name in names))


@pytest.mark.parametrize("stage", STAGES)
@pytest.mark.parametrize("name", RECIPES.recipes)
def test_a_recipe_depends_on_what_it_computes_with(name, stage):
    recipe = RECIPES.recipes[name]
    deps = {path.replace("${item.network}", recipe.network) for path in STAGES[stage]["do"]["deps"]}
    assert networks(recipe) | imported_files(MODULES[stage]) | {"requirements.txt"} <= deps
    assert STAGES[stage]["do"]["params"] == [
        {"recipes/params.yaml": ["seed", "recipes.${key}"]},
        {"params.yaml": ["datasets.${item.dataset}.source"]},
    ]


@pytest.mark.parametrize("stage", STAGES)
def test_no_recipe_depends_on_what_none_imports(stage):
    needed = imported_files(MODULES[stage]) | {"requirements.txt", "recipes/models/${key}"}
    needed |= set().union(*map(networks, RECIPES.recipes.values()))
    assert {path for path in STAGES[stage]["do"]["deps"] if "item" not in path} <= needed


@pytest.mark.parametrize(("schedule", "epochs"), [("cosine", 14), ("constant", 11)])
def test_a_training_whose_rate_falls_to_0_is_not_stopped_early(
    schedule, epochs, pixels, tmp_path, monkeypatch
):
    """A learning rate that is far too high makes the first epoch the best."""
    monkeypatch.chdir(tmp_path)
    settings = {"schedule": schedule, "epochs": 14, "learning_rate": 10.0}
    recipe = RECIPES.recipes["shallow_fashion_mnist"].model_copy(update=settings)
    images = Split(pixels, np.zeros(len(pixels), int))
    train_denoiser(Path("models"), recipe, {"train": images, "validation": images}, seed=0)
    assert len(pd.read_csv("models/denoiser.csv")) == epochs


def test_figures_do_not_train_anything():
    assert not {"denoising/figures.py", "denoising/scores.py"} & set(STAGES["train"]["do"]["deps"])


@pytest.mark.parametrize("name", RECIPES.recipes)
def test_the_network_of_a_recipe_can_be_built(name, values):
    recipe = RECIPES.recipes[name]
    source = values["datasets"][recipe.dataset]["source"]
    shape = (32, 32, 3) if source["format"] == "cifar" else (28, 28, 1)
    model = build(recipe.network, "autoencoder", recipe.options, shape)
    assert denoise(model, np.zeros((1, *shape), np.float32)).shape == (1, *shape)


def test_the_pages_are_those_of_the_metrics():
    """Where this fails, run `python -m recipes.table`."""
    for page, tables in ((table.FRONT_PAGE, table.SUMMARY), (table.PAGE, table.TABLES)):
        text = page.read_text()
        assert all(f"<!-- {name} -->" in text for name in tables)
        assert table.updated(text, tables) == text
    for name in table.read()[1]:
        assert f"`{name}`" in text


def test_the_metrics_are_those_of_the_lock():
    stages = yaml.safe_load((ROOT / "recipes/dvc.lock").read_text())["stages"]
    for name in table.read()[1]:
        path = f"recipes/metrics/{name}.json"
        locked = {out["path"]: out["md5"] for out in stages[f"recipe@{name}"]["outs"]}
        assert locked[path] == hashlib.md5((ROOT / path).read_bytes()).hexdigest()


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


def test_the_table_says_how_far_ours_is_ahead_of_the_best_other(monkeypatch):
    on = {"dataset": "mnist", "noise": {"kind": "gaussian", "level": 0.5}}
    params = {
        "recipes": {
            "plain": on | {"network": "pooled"},
            "mine": on | {"network": table.OURS},
            "later": on | {"network": "unet"},
        },
        "published": {
            "plain": {"figures": {"psnr": 20.0, "mae": 0.05}},
            "later": {"figures": {"psnr": 20.5}},
        },
    }
    cost = {"train": 100, "parameters": 1234, "multiply_adds": 2e6}
    plain = {"psnr": 19.9, "ssim_uniform": 0.8, "ssim_range_2": 0.9, "mae": 0.04, "bce": 0.1}
    mine = {"psnr": 21.0, "ssim_uniform": 0.7, "ssim_range_2": 0.9, "mae": 0.03, "bce": 0.09}

    def ends(found):
        return {f"{key}{end}": value for key, value in found.items() for end in ("_low", "_high")}

    metrics = {
        "plain": cost | plain | ends(plain) | {"psnr_high": 19.95},
        "mine": cost | mine | ends(mine),
    }
    monkeypatch.setattr(table, "read", lambda: (params, metrics))
    monkeypatch.setattr(table, "stale", lambda params, names: ["mine"])
    lines = table.figures_table().splitlines()
    assert lines[0] == "**mnist, gaussian noise 0.5**, trained on 100 images"
    assert "| 19.90 (20.00) | 0.8000 | 0.9000 | 0.0400 (0.0500) | 0.1000 | **no** |" in lines[4]
    assert lines[6].startswith("| ahead of the best other | +0.50 | -0.1000 | +0.0000 | +0.0100 |")
    assert "0.05 (PSNR, dB), 0.0000 (SSIM 7×7)" in lines[8]
    assert lines[10] == "Not run yet: `later`."
    assert lines[12].endswith("changed: `mine`.")
    assert table.summary_table().splitlines()[-1] == (
        "| mnist, gaussian noise 0.5 | 21.00 (20.50) | 0.7000 (0.8000) | 0.0300 (0.0400) "
        "| 0.0900 (0.1000) |"
    )


def test_a_recipe_with_other_parameters_than_its_run_is_named():
    params, metrics = table.read()
    name = next(iter(metrics))
    changed = copy.deepcopy(params)
    changed["recipes"][name]["epochs"] += 1
    assert name in table.stale(changed, metrics)
    others = [each for each in metrics if each != name]
    assert table.stale(changed, others) == table.stale(params, others)
    assert table.stale(params, ["never_locked"]) == ["never_locked"]
