"""Overrides of parameters by `dvc exp run -S`: one changed line, and values that stages accept."""

import difflib
import shutil

import pytest
from dvc.utils.serialize import modify_yaml

from denoising.config.params import read_params
from denoising.config.recipe import Recipes
from denoising.config.yaml_reader import read_sections
from tests.support.dag import ROOT
from tests.support.yaml_files import read_yaml

OVERRIDES = {
    "params.yaml": [
        ("seed", 7),
        ("dataset", "mnist"),
        ("noise.level", 0.4),
        ("classifier.learning_rate", 0.00001),
        ("autoencoder.level_known", 0.5),
        ("sweep.images", 100),
        ("detector.ground_truth", "other.txt"),
        ("datasets.digits.source.size", 14),
        ("datasets.cifar10.training.augmentation.shift", 3),
    ],
    "studies/published/params.yaml": [
        ("seed", 7),
        ("recipes.simple_mnist.epochs", 1),
        ("recipes.simple_mnist.noise.level", 0.4),
    ],
    "studies/noise_levels/params.yaml": [("seed", 7), ("recipes.specialist_1.epochs", 1)],
    "studies/photographs/params.yaml": [("seed", 7), ("photographs.most", 10)],
    "studies/traffic_signs/params.yaml": [],
}


def test_every_parameter_file_is_tried():
    found = {str(path.relative_to(ROOT)) for path in ROOT.glob("studies/*/params.yaml")}
    assert set(OVERRIDES) == found | {"params.yaml"}


def override(path, key: str, value) -> None:
    """Change a parameter as `dvc exp run -S` does."""
    with modify_yaml(path) as values:
        *sections, last = key.split(".")
        for section in sections:
            values = values[section]
        assert last in values
        values[last] = value


@pytest.mark.parametrize(
    ("file", "key", "value"),
    [(file, *override) for file, overrides in OVERRIDES.items() for override in overrides],
)
def test_an_override_changes_one_line(file, key, value, tmp_path):
    path = tmp_path / "params.yaml"
    shutil.copyfile(ROOT / file, path)
    override(path, key, value)
    before, after = (text.read_text("utf-8").splitlines() for text in (ROOT / file, path))
    changed = [line for line in difflib.ndiff(before, after) if line[0] in "+-"]
    assert [line[0] for line in changed] == ["-", "+"], changed
    found = read_yaml(path)
    for part in key.split("."):
        found = found[part]
    assert found == value


def test_writing_a_file_without_a_change_changes_nothing(tmp_path):
    for file in OVERRIDES:
        path = tmp_path / "params.yaml"
        shutil.copyfile(ROOT / file, path)
        with modify_yaml(path):
            pass
        assert path.read_text("utf-8") == (ROOT / file).read_text("utf-8"), file


def test_a_small_number_is_read_as_dvc_writes_it(tmp_path):
    path = tmp_path / "params.yaml"
    shutil.copyfile(ROOT / "params.yaml", path)
    override(path, "classifier.learning_rate", 0.00001)
    assert "learning_rate: 1e-05" in path.read_text("utf-8")
    assert read_params(path).classifier.learning_rate == 1e-5


def test_an_override_of_a_recipe_does_not_change_those_that_merge_it(tmp_path):
    path = tmp_path / "params.yaml"
    shutil.copyfile(ROOT / "studies/noise_levels/params.yaml", path)
    override(path, "recipes.specialist_2.noise", {"kind": "gaussian", "level": 0.25, "clip": True})
    recipes = read_sections(path, Recipes).recipes
    assert recipes["specialist_2"].noise.level == 0.25
    assert recipes["specialist_1"].noise.level == 0.1
