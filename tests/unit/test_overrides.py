"""Overrides of parameters by `dvc exp run -S`: one changed line, and values that stages accept."""

import difflib
import re
import shutil
from pathlib import Path

import pytest
from dvc.utils.hydra import apply_overrides  # the function of `dvc exp run -S`

from denoising.config.params import read_params
from tests.support.dag import ROOT
from tests.support.yaml_files import read_yaml, value_at

OVERRIDES = {
    "params.yaml": [
        "seed=7",
        "dataset=mnist",
        "noise.level=0.4",
        "noise.kind=poisson",
        "classifier.learning_rate=0.00001",
        "training.level_known=0.5",
        "sweep.images=100",
        "detector.ground_truth=other.txt",
        "datasets.digits.source.size=14",
        "datasets.digits.training.joint.epochs=2",
        "datasets.cifar10.training.augmentation.shift=3",
    ],
    "studies/published/params.yaml": [
        "seed=7",
        "recipes.simple_mnist.epochs=1",
        "recipes.simple_mnist.noise.level=0.4",
    ],
    "studies/equal_work/params.yaml": ["option=blocks"],
    "studies/noise_levels/params.yaml": ["seed=7", "recipes.specialist_1.noise.level=0.4"],
    "studies/photographs/params.yaml": ["seed=7", "data.crops=10"],
    "studies/traffic_signs/params.yaml": [],
    "studies/trials/params.yaml": ["images=5000"],
}


def overridden(file: str, override: str, folder: Path) -> Path:
    """Return a copy of a parameter file with an override."""
    path = folder / "params.yaml"
    shutil.copyfile(ROOT / file, path)
    apply_overrides(path, [override])
    return path


def differences(file: str, path: Path) -> list[str]:
    """Return the lines that a copy lacks, with ``-``, and those that are new in it, with ``+``."""
    before, after = (text.read_text("utf-8").splitlines() for text in (ROOT / file, path))
    return [line for line in difflib.ndiff(before, after) if line[0] in "+-"]


def test_every_parameter_file_is_tried():
    found = {str(path.relative_to(ROOT)) for path in ROOT.glob("studies/*/params.yaml")}
    assert set(OVERRIDES) == found | {"params.yaml"}


@pytest.mark.parametrize(
    ("file", "override"),
    [(file, override) for file, overrides in OVERRIDES.items() for override in overrides],
)
def test_an_override_changes_one_line(file, override, tmp_path):
    path = overridden(file, override, tmp_path)
    changed = differences(file, path)
    assert [line[0] for line in changed] == ["-", "+"], changed
    key, value = override.split("=")
    found = value_at(read_yaml(path), key)
    assert str(found) == value or float(found) == float(value)


@pytest.mark.parametrize(
    ("file", "override", "changed"),
    [
        ("params.yaml", "sweep.kinds=[gaussian]", 3),
        ("params.yaml", "training.noise_range=[0,0.6]", 2),
        ("params.yaml", "+classifier.options.width=32", 3),
        ("studies/traffic_signs/params.yaml", "seeds=[0,1]", 1),
    ],
)
def test_an_override_of_a_list_or_of_options_changes_its_own_lines(
    file, override, changed, tmp_path
):
    assert len(differences(file, overridden(file, override, tmp_path))) == changed


@pytest.mark.parametrize("file", OVERRIDES)
def test_an_override_by_the_same_value_changes_nothing(file, tmp_path):
    others = {"traffic_signs": "seeds.0=0", "equal_work": "option=width", "trials": "images=10000"}
    same = others.get(Path(file).parent.name, "seed=0")
    assert differences(file, overridden(file, same, tmp_path)) == []


@pytest.mark.parametrize("file", OVERRIDES)
def test_no_list_holds_a_comment_and_no_section_an_anchor(file):
    text = (ROOT / file).read_text("utf-8")
    assert not re.search(r"^ *- [^'\n]* #", text, re.MULTILINE)
    assert not re.search(r"^ *- .*\n *#.*\n *- ", text, re.MULTILINE)
    assert not re.search(r"(: |- )[&*]\w|<<:", text)
    assert not re.search(r"\[[^\]\n]*(md5|sha256):", text)  # DVC refuses these in flow lists


def test_a_small_number_is_read_as_dvc_writes_it(tmp_path):
    path = overridden("params.yaml", "classifier.learning_rate=0.00001", tmp_path)
    assert "learning_rate: 1e-05" in path.read_text("utf-8")
    assert read_params(path).classifier.learning_rate == 1e-5
