"""Parameters: each mistake is told with the key, what was received and what is accepted."""

import pytest
import yaml

from denoising.errors import UserError
from denoising.params import read_params
from denoising.sections import read_sections
from recipes.settings import Recipes
from tests.pipeline import ROOT


def written(values, folder):
    path = folder / "params.yaml"
    path.write_text(yaml.safe_dump(values, sort_keys=False))
    return path


def changed(values: dict, key: str, value) -> dict:
    *sections, last = key.split(".")
    section = values
    for name in sections:
        section = section[name]
    section[last] = value
    return values


def test_the_committed_parameters_are_valid():
    params = read_params()
    assert params.data is params.datasets["digits"]


@pytest.mark.parametrize(
    ("key", "value", "message"),
    [
        ("noise.levle", 0.3, r"noise.levle: unknown key. Expected one of: kind, level, clip"),
        ("noise.level", "0.3", r"noise.level: .*number.* Received: '0.3' \(of type str\)"),
        ("noise.level", -0.1, r"noise.level: .*greater than or equal to 0. Received: -0.1"),
        ("noise.level", float("nan"), r"noise.level: .*finite"),
        ("noise.kind", "gausian", r"noise.kind: .*'gaussian', 'speckle'.*Received: 'gausian'"),
        (
            "noise",
            {"kind": "salt_and_pepper", "level": 1.5, "clip": True},
            "noise.level: .*Received: 1.5",
        ),
        ("sweep.kinds", ["poisson"], r"sweep.kinds: .*gaussian.*Received: \['poisson'\]"),
        ("seed", True, r"seed: .*integer. Received: True"),
        ("seed", -1, "seed: .*greater"),
        ("dataset", "digit", r"dataset: .*digits, fashion_mnist, mnist, cifar10. Received: 'digit"),
        (
            "classifier.name",
            "resnext",
            r"classifier.name: .*networks: resnet, simple. Received: 'res",
        ),
        ("autoencoder.loss", "mse", "autoencoder.loss: .*mean_squared_error"),
        (
            "autoencoder.noise_range",
            [0.5, 0.1],
            r"autoencoder.noise_range: .*lower .*ved: \[0.5",
        ),
        ("autoencoder.noise_range", [0.3, 0.5], "autoencoder.noise_range: .*noise.level, 0.2"),
        ("autoencoder.noise_range", [0.5], "autoencoder.noise_range: .*2 items"),
        ("autoencoder.told", True, "autoencoder.told: Expected false without a noise_range.*True"),
        ("autoencoder.options", {"told": True}, "autoencoder.options.told: Expected it beside"),
        ("joint.classification_weight", 1.5, "joint.classification_weight: .*1. Received: 1.5"),
        ("training.patience", 0, "training.patience"),
        (
            "datasets.digits.training.autoencoder.epoch",
            3,
            r"datasets.digits.training.autoencoder.epoch: unknown .* epochs, batch_size",
        ),
        ("datasets.mnist.source.format", "ubyte", "datasets.mnist.source: .*'idx'"),
        ("datasets.mnist.source.url", "x", "mnist.source.url: unknown key. .*urls.*files"),
        ("datasets.mnist.source.files.train_images.hashes", ["abc"], "train_images.hashes.0"),
        (
            "datasets.mnist.source.files.train_images.hashes",
            [],
            "files.train_images.hashes: Expected the published hashes",
        ),
        ("datasets.cifar10.source.archive", None, "source.archive: Expected the archive to down"),
        ("datasets.mnist.source.classes", ["a", "b", "a"], "source.classes: Expected each class"),
        ("datasets.mnist.source.classes", [0, 1], r"classes.0: .*string. Received: 0 \(of type in"),
    ],
)
def test_mistakes_are_explained(key, value, message, values, tmp_path):
    with pytest.raises(UserError, match=message):
        read_params(written(changed(values, key, value), tmp_path))


def test_a_missing_key_is_named(values, tmp_path):
    del values["noise"]["level"]
    with pytest.raises(UserError, match=r"noise.level: Expected this key"):
        read_params(written(values, tmp_path))


def test_all_mistakes_are_told_at_once(values, tmp_path):
    changed(changed(values, "noise.level", -1), "seed", "x")
    with pytest.raises(UserError, match=r"(?s)seed.*noise\.level"):
        read_params(written(values, tmp_path))


@pytest.mark.parametrize("text", ["a: [", "a: b: c", ""])
def test_what_is_no_parameter_file_is_refused(text, tmp_path):
    path = tmp_path / "params.yaml"
    path.write_text(text)
    with pytest.raises(UserError, match="Expected"):
        read_params(path)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(UserError, match=r"params.yaml.*root"):
        read_params(tmp_path / "params.yaml")


@pytest.mark.parametrize(
    ("key", "value", "message"),
    [
        ("published.simple_mnist.valeus", [], r"published.simple_mnist.valeus: unknown key. .*val"),
        (
            "recipes.shallow_fashion_mnist.classifier.epoch",
            3,
            r"classifier.epoch: unknown .*epochs",
        ),
        ("recipes.simple_mnist.noise_range", [0.1], r"simple_mnist.noise_range: Expected: .*2"),
        ("published.simple_mnist.figures.foo", 1.0, r"figures.foo: Expected: "),
        ("recipes", None, r"recipes: Expected: "),
    ],
)
def test_mistakes_in_recipes_are_explained(key, value, message, tmp_path):
    values = yaml.safe_load((ROOT / "recipes/params.yaml").read_text())
    path = written(changed(values, key, value), tmp_path)
    with pytest.raises(UserError, match=message):
        read_sections(path, Recipes)
