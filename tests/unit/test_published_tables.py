"""The tables of published systems."""

import hashlib

import pytest

from tests.support.dag import ROOT
from tests.support.yaml_files import read_yaml
from tools import _published


def test_every_kept_recipe_is_in_the_table():
    table = _published.figures()
    params, metrics = _published.read()
    assert metrics
    assert all(f"`{name}`" in table for name in params["recipes"])


def test_the_kept_metrics_match_the_lock():
    stages = read_yaml(ROOT / "results/published/dvc.lock")["stages"]
    outs = [out for stage in stages.values() for out in stage["outs"]]
    locked = {out["path"].rpartition("/")[2]: out["md5"] for out in outs}
    for name in _published.read()[1]:
        path = ROOT / f"results/published/metrics/{name}.json"
        assert locked[path.name] == hashlib.md5(path.read_bytes()).hexdigest()


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
def test_a_figure_within_tolerance_counts_as_reproduced(key, value, published, near):
    assert _published.within_tolerance(key, value, published) is near


@pytest.fixture
def study(monkeypatch) -> None:
    """Replace the study by three recipes, of which one has not been run."""
    on = {"dataset": "mnist", "noise": {"kind": "gaussian", "level": 0.5}}
    params = {
        "recipes": {
            "plain": on | {"network": "pooled"},
            "mine": on | {"network": _published.OURS},
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
        return {f"{key}{end}": value for key, value in found.items() for end in _published.ENDS}

    metrics = {
        "plain": cost | plain | ends(plain) | {"psnr_high": 19.95},
        "mine": cost | mine | ends(mine),
    }
    monkeypatch.setattr(_published, "read", lambda: (params, metrics))


@pytest.mark.usefixtures("study")
def test_the_table_states_the_lead_over_the_best_other_network():
    lines = _published.figures().splitlines()
    assert lines[0] == "**mnist, gaussian noise 0.5**, trained on 100 images"
    assert "| 19.90 (20.00) | 0.8000 | 0.9000 | 0.0400 (0.0500) | 0.1000 | **no** |" in lines[4]
    assert lines[6].startswith("| lead over the best other | +0.50 | -0.1000 | +0.0000 | +0.0100 |")
    assert lines[9].startswith("PSNR (dB) ±0.05, SSIM 7×7 ±0.0000")
    assert lines[11] == "Not run yet: `later`."


@pytest.mark.usefixtures("study")
def test_the_summary_has_ours_and_the_best_other_figure():
    assert _published.published_summary().splitlines()[-1] == (
        "| mnist, gaussian noise 0.5 | 21.00 (20.50) | 0.7000 (0.8000) | 0.0300 (0.0400) "
        "| 0.0900 (0.1000) |"
    )
