"""Summaries over noise levels, against values worked out by hand."""

import numpy as np
import pandas as pd
import pytest

from denoising.evaluation.over_levels import ALL_KINDS, of_rates, over_kinds, over_levels, ratios

LEVELS = [0.0, 0.1, 0.4]
ERRORS = {"clean_trained": np.array([0.1, 0.3, 0.7]), "joint": np.array([0.2, 0.2, 0.5])}


def test_errors_are_relative_to_those_of_the_clean_trained_classifier():
    found = ratios(LEVELS, ERRORS)
    assert found["joint"]["accuracy"] == pytest.approx(1 - 0.7 / 2)  # without level 0
    assert found["joint"]["corruption_error"] == pytest.approx(0.7 / 1.0)
    assert found["joint"]["relative_corruption_error"] == pytest.approx(0.3 / 0.8)
    assert found["clean_trained"]["corruption_error"] == 1
    assert found["clean_trained"]["relative_corruption_error"] == 1


def test_without_level_0_there_is_no_increase_of_the_error():
    found = ratios([0.1, 0.4], {arm: one[1:] for arm, one in ERRORS.items()})
    assert set(found["joint"]) == {"accuracy", "corruption_error"}


@pytest.mark.parametrize(
    ("reference", "left"),
    [
        ([0.0, 0.0, 0.0], {"accuracy"}),  # it is always right
        ([0.1, 0.1, 0.1], {"accuracy", "corruption_error"}),  # noise does it no harm
    ],
)
def test_a_ratio_without_a_reference_is_left_out(reference, left):
    found = of_rates(LEVELS, {"clean_trained": np.array(reference), "median": np.full(3, 0.2)})
    assert set(found) == {"median"}
    assert set(found["median"]) == left


def wrong(rates: list[float], number: int, seed: int) -> np.ndarray:
    """Return mistakes at each level; an image that is wrong stays wrong at higher levels."""
    return (np.random.default_rng(seed).random(number) < np.array(rates)[:, None]).astype(float)


def test_intervals_are_paired_over_the_images():
    same = wrong([0.1, 0.3, 0.7], 400, 0)
    found = over_levels(LEVELS, {"clean_trained": same, "joint": same, "other": 0.9 * same}, 0)
    for arm, ratio in (("joint", 1), ("other", 0.9)):
        assert found[arm]["corruption_error"] == pytest.approx((ratio, ratio, ratio))
    accuracy = found["clean_trained"]["accuracy"]
    assert accuracy.value == pytest.approx(1 - same[1:].mean())
    assert accuracy.high - accuracy.low == pytest.approx(
        2 * 1.96 * same[1:].mean(axis=0).std() / 20, rel=0.15
    )


def test_a_ratio_that_some_resamples_lack_has_no_interval():
    reference = wrong([0.1, 0.1, 0.1], 400, 0)
    reference[1, np.flatnonzero(reference[0] == 0)[:1]] = 1  # noise costs it one image
    arms = {"clean_trained": reference, "joint": wrong([0.1, 0.3, 0.5], 400, 1)}
    found = over_levels(LEVELS, arms, 0)["joint"]
    assert found["relative_corruption_error"].low is None
    assert found["corruption_error"].low is not None


def test_the_mean_over_kinds_is_of_the_arms_that_all_have():
    rows = [
        ("gaussian", "joint", "corruption_error", 0.4),
        ("gaussian", "median", "corruption_error", 0.8),
        ("speckle", "joint", "corruption_error", 0.6),
    ]
    table = pd.DataFrame(rows, columns=["kind", "arm", "measure", "value"])
    (row,) = over_kinds(table).to_dict("records")
    assert row == {
        "kind": ALL_KINDS,
        "arm": "joint",
        "measure": "corruption_error",
        "value": pytest.approx(0.5),
    }
