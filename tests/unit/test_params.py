"""Parameters: every mistake is reported with its key, the value found and those accepted."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from denoising.config.params import read_params
from denoising.config.recipe import Recipes
from denoising.config.yaml_reader import read_sections
from denoising.files.errors import UserError
from tests.support.cases import fuzz
from tests.support.dag import ROOT
from tests.support.yaml_files import read_yaml, write_yaml


def written(values, folder):
    return write_yaml(folder / "params.yaml", values)


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
        ("noise.level", float("inf"), r"noise.level: .*finite"),
        ("noise.level", 11.0, r"noise.level: .*less than or equal to 10. Received: 11.0"),
        ("noise.level", 1e-300, r"noise.level: Expected 0, or a level of at least 1e-06"),
        ("noise.level", "1e-3", r"noise.level: .*number.* Received: '1e-3' \(of type str\)"),
        ("noise.level", "x" * 900, r"noise.level: .*Received: 'xxx.*… \(of type str\)"),
        ("noise.levell", 0.3, r"noise.levell: unknown key. .*\(perhaps level\)"),
        ("sweep.levels", [], "sweep.levels: .*at least 2 items.* Received: \\[\\]"),
        ("sweep.images", 10**30, "sweep.images: .*less than or equal to 1000000"),
        ("detector.positive_label", 0.5, "detector.positive_label: .*integer. Received: 0.5"),
        ("datasets.a/b", {}, "datasets.*should match pattern"),
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
            "training.noise_range",
            [0.5, 0.1],
            r"training.noise_range: .*lower .*ved: \[0.5",
        ),
        ("training.noise_range", [0.3, 0.5], "training.noise_range: .*noise.level, 0.2"),
        ("training.noise_range", [0.5], "training.noise_range: .*2 items"),
        (
            "training.level_input",
            True,
            "training.level_input: Expected false .*True",
        ),
        (
            "autoencoder.options",
            {"level_input": True},
            "autoencoder.options.level_input: Set training.level_input instead",
        ),
        (
            "classifier.options",
            {"level_input": True},
            "classifier.options.level_input: Set training.level_input instead",
        ),
        ("training.distillation", 1.5, "training.distillation: .*equal to 1. Received: 1.5"),
        ("training.weight_averaging", 1.0, "training.weight_averaging: .*less than 1. Received: 1"),
        ("training.epoch_factor", 0, "training.epoch_factor: .*greater than 0. Received: 0"),
        ("joint.form", "chain", "joint.form: .*'branches' or 'cascade'. Received: 'chain'"),
        ("joint.start", "random", "joint.start: .*'scratch' or 'trained'"),
        (
            "datasets.digits.training.autoencoder.erase",
            0.5,
            "training.autoencoder.erase: unknown key",
        ),
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


@pytest.mark.parametrize(
    ("key", "value", "message"),
    [
        ("training.noise_range", [0, 0.4], "training.noise_range: Expected no range with fixed"),
        (
            "datasets.digits.training.augmentation.grey",
            0.3,
            "training.augmentation.grey: Expected 0 with fixed",
        ),
    ],
)
def test_noise_that_is_stored_is_of_one_level_on_whole_images(
    key, value, message, values, tmp_path
):
    changed(changed(values, "training.noise", "fixed"), key, value)
    with pytest.raises(UserError, match=message):
        read_params(written(values, tmp_path))


def test_a_missing_key_is_named(values, tmp_path):
    del values["noise"]["level"]
    with pytest.raises(UserError, match=r"noise.level: this key is missing. Add it"):
        read_params(written(values, tmp_path))


def test_all_mistakes_are_reported_at_once(values, tmp_path):
    changed(changed(values, "noise.level", -1), "seed", "x")
    with pytest.raises(UserError, match=r"(?s)seed.*noise\.level"):
        read_params(written(values, tmp_path))


GOOD = (ROOT / "params.yaml").read_text()
LAST = GOOD.count("\n") + 2


def line_of(text: str) -> int:
    """Return the number of the first line of the good file that has this text."""
    return GOOD[: GOOD.index(text)].count("\n") + 1


SEED, LEVEL, CLIP = (line_of(text) for text in ("seed: 0", "  level: 0.2", "  clip:"))
LAUGHS = "a0: &a0 [x, x]\n" + "".join(
    f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]\n" for n in range(1, 30)
)
MERGES = "a0: &a0 {x: 1}\n" + "".join(
    f"a{n}: &a{n} {{<<: [{', '.join([f'*a{n - 1}'] * 10)}]}}\n" for n in range(1, 30)
)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("a: [", "line 1, column 5"),
        ("a: b: c", "line 1, column 5"),
        ("", "dictionary"),
        ("# nothing", "dictionary"),
        ("- a\n- b", "dictionary.*of type list"),
        ("hello", "dictionary.*of type str"),
        (GOOD.replace("seed: 0", "seed: [0"), r"expected ',' or ']'.* \(line \d+, column 1\)"),
        (GOOD.replace("  level: 0.2", "\tlevel: 0.2"), f"line {LEVEL}, column 1"),
        (GOOD + "\nseed: 5", rf'duplicate key "seed".* \(line {LAST}, column 1\)'),
        (
            GOOD.replace("  clip:", "  level: 3\n  clip:"),
            rf'duplicate key "level".* \(line {CLIP},',
        ),
        (GOOD + LAUGHS, "more than 100,000 values"),
        (GOOD + MERGES, "more than 100,000 values"),
        (GOOD + "a: &a [*a]", "an anchor that contains itself"),
        (
            GOOD.replace("seed: 0", "seed: " + "9" * 5000),
            rf"more than 1,000 characters \(line {SEED}",
        ),
        (GOOD + "z: " + "[" * 1000, "nests sections too deeply"),
        (GOOD + "#" * 2**20, "too large: .* 1,048,576"),
        (GOOD + "z: !!python/object/apply:os.getcwd []", "could not determine a constructor"),
        (GOOD + "---\nseed: 1", "another document"),
        (GOOD.encode("utf-16"), "YAML in UTF-8"),
        (GOOD.encode("latin-1"), "YAML in UTF-8"),
        (b"\0\0", "not allowed"),
    ],
    ids=range(21),
)
def test_invalid_yaml_is_refused_with_its_place(content, message, tmp_path):
    path = tmp_path / "params.yaml"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(UserError, match=message) as failure:
        read_params(path)
    assert str(path) in str(failure.value)
    assert len(str(failure.value)) < 1000


INSERTED = [*"&*[]{}:-!|>%@`,?#\t\n'\"", "<<: ", "\ud800", "é", "1e9", ""]


@fuzz("damaged parameter files")
@given(st.data())
def test_any_damage_to_the_parameters_is_explained_or_harmless(tmp_path_factory, data):
    path = tmp_path_factory.getbasetemp() / "params.yaml"
    place = data.draw(st.integers(0, len(GOOD)))
    new = data.draw(st.sampled_from(INSERTED))
    removed = data.draw(st.integers(0, 20))
    text = GOOD[:place] + new + GOOD[place + removed :]
    path.write_bytes(text.encode(errors="surrogatepass"))
    try:
        params = read_params(path)
    except UserError as error:
        assert str(path) in str(error)  # noqa: PT017
    else:
        assert params.data


@pytest.mark.parametrize("text", ["1e-05", "1.0e-5", "0.00001"])
def test_an_exponent_is_a_number_as_in_dvc(text, tmp_path):
    """`dvc exp run -S classifier.learning_rate=0.00001` writes 1e-05, a text in YAML 1.1."""
    path = tmp_path / "params.yaml"
    path.write_text(GOOD.replace("learning_rate: 0.003", f"learning_rate: {text}"))
    assert read_params(path).classifier.learning_rate == 1e-5


def test_anchors_and_merge_keys_can_be_overridden(tmp_path):
    text = GOOD.replace("autoencoder: {", "autoencoder: &same {", 1)
    text = re.sub(r"joint: {.*", "joint: {<<: *same, epochs: 77}", text, count=1)
    path = tmp_path / "params.yaml"
    path.write_text(text)
    training = read_params(path).data.training
    assert training.joint.epochs == 77
    assert training.joint.batch_size == training.autoencoder.batch_size
    assert training.autoencoder.epochs != 77


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
        ("recipes.simple_mnist.noise_range", [0.1], r"simple_mnist.noise_range: .*at least 2"),
        ("published.simple_mnist.figures.foo", 1.0, r"figures.foo: Input should be"),
        ("recipes", None, r"recipes: Input should be"),
    ],
)
def test_mistakes_in_recipes_are_explained(key, value, message, tmp_path):
    values = read_yaml(ROOT / "studies/published/params.yaml")
    path = written(changed(values, key, value), tmp_path)
    with pytest.raises(UserError, match=message):
        read_sections(path, Recipes)
