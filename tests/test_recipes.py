"""Recipes: their parameters, their stage, their page."""

import json

import pandas as pd
import pytest
import yaml

from denoising.errors import UserError
from recipes import table
from recipes.settings import read_recipe, read_recipes
from tests.pipeline import ROOT, imported_files
from tests.workspace import fresh_copy, run, succeed, tiny, write_params

RECIPES = read_recipes()
STAGE = yaml.safe_load((ROOT / "recipes/dvc.yaml").read_text())["stages"]["recipe"]["do"]


def test_every_recipe_says_what_was_published_and_of_what_it_consists():
    ours = {name for name, recipe in RECIPES.recipes.items() if recipe.network == table.OURS}
    assert set(RECIPES.published) == set(RECIPES.recipes) - ours
    for name, published in RECIPES.published.items():
        values = RECIPES.recipes[name].model_dump()
        for key in published.values:
            section, _, inner = key.partition(".")
            assert section in values, key
            assert not inner or inner in values[section], key


def test_an_unknown_recipe_is_told_of():
    with pytest.raises(UserError, match=r"simple_mnist, .*Received: 'simple'"):
        read_recipe("simple")


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

    done = run("python -m recipes.run missing", tmp_path)
    assert done.returncode == 1
    assert "Expected a recipe among small" in done.stderr


def test_the_stage_depends_on_what_it_imports():
    code = {path for path in STAGE["deps"] if path.endswith(".py") and "${" not in path}
    networks = imported_files("denoising.networks.simple") | imported_files(
        "denoising.networks.dncnn"
    )
    assert imported_files("recipes.run") <= code
    assert code <= imported_files("recipes.run") | networks


def test_the_pages_are_those_of_the_metrics():
    """Where this fails, run `python -m recipes.table`."""
    front = table.FRONT_PAGE.read_text()
    assert table.updated(front, table.SUMMARY) == front
    text = table.PAGE.read_text()
    assert table.updated(text, table.TABLES) == text
    for name in table.read()[1]:
        assert f"`{name}`" in text


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
    metrics = {
        "plain": cost
        | {"psnr": 19.9, "ssim_uniform": 0.8, "ssim_range_2": 0.9, "mae": 0.04, "bce": 0.1},
        "mine": cost
        | {"psnr": 21.0, "ssim_uniform": 0.7, "ssim_range_2": 0.9, "mae": 0.03, "bce": 0.09},
    }
    monkeypatch.setattr(table, "read", lambda: (params, metrics))
    lines = table.figures_table().splitlines()
    assert lines[0] == "**mnist, gaussian noise 0.5**, 100 training images"
    assert "| 19.90 (20.00) | 0.8000 | 0.9000 | 0.0400 (0.0500) | 0.1000 | **no** |" in lines[4]
    assert lines[6].startswith(
        "| ours ahead of the best other | +0.50 | -0.1000 | +0.0000 | +0.0100 |"
    )
    assert lines[-1] == "Not run yet: `later`."
