"""The templates of `dvc plots`: names and colours as everywhere else."""

import json
from typing import Any

import pytest

from denoising.evaluation.arms import ARMS, FILTER_ARMS
from denoising.noise.kinds import KINDS
from tests.support.dag import ROOT

ALL_ARMS = ARMS | FILTER_ARMS


def template(name: str) -> dict[str, Any]:
    return json.loads((ROOT / f".dvc/plots/{name}.json").read_text())


def names(labels: dict[str, str]) -> str:
    """Return shown names as an object in Vega's expression language."""
    return "{" + ", ".join(f"'{key}': '{label}'" for key, label in labels.items()) + "}"


@pytest.mark.parametrize("name", ["by_level", "psnr_by_level"])
def test_curves_by_level_have_the_names_and_colours_of_the_arms(name):
    chart = template(name)
    color = chart["spec"]["encoding"]["color"]
    assert color["scale"]["domain"] == [*ALL_ARMS]
    assert color["scale"]["range"] == [arm.colour for arm in ALL_ARMS.values()]
    assert names({key: arm.label for key, arm in ALL_ARMS.items()}) in color["legend"]["labelExpr"]
    kinds = names({key: kind.label for key, kind in KINDS.items()})
    assert kinds in chart["facet"]["header"]["labelExpr"]


def test_reliability_diagrams_have_the_names_of_the_arms():
    labels = names({key: arm.label for key, arm in ARMS.items()})
    assert labels in template("reliability")["facet"]["header"]["labelExpr"]


def test_confusion_matrices_have_the_names_of_the_arms():
    order = template("confusion")["transform"][1]["calculate"]
    for key in ("clean_trained", "noise_trained", "joint"):
        assert f"'{ARMS[key].label} on noisy images'" in order
