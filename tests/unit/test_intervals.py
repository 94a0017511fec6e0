"""Intervals, against published examples and by their coverage."""

import numpy as np
import pytest

from denoising.evaluation.intervals import (
    Estimate,
    mcnemar,
    mean,
    paired_difference,
    proportion,
    resampled,
    wilson,
)


def pairs(both: int, first: int, second: int, neither: int) -> tuple[np.ndarray, np.ndarray]:
    """Return paired 0/1 values with these counts: both 1, only the first, only the second, none."""
    counts = (both, first, second, neither)
    return np.repeat([1.0, 1.0, 0.0, 0.0], counts), np.repeat([1.0, 0.0, 1.0, 0.0], counts)


def test_wilsons_interval_is_that_of_newcombes_examples():
    """Newcombe 1998, Statistics in Medicine 17:857-872, table I, method 3."""
    assert wilson(81, 263) == pytest.approx((0.2553, 0.3662), abs=5e-5)
    assert wilson(15, 148) == pytest.approx((0.0624, 0.1605), abs=5e-5)
    assert wilson(0, 20) == pytest.approx((0, 0.1611), abs=5e-5)
    assert wilson(1, 29) == pytest.approx((0.0061, 0.1718), abs=5e-5)


def test_a_perfect_score_has_an_interval_with_a_width():
    found = proportion(np.ones(300))
    assert found.value == found.high == 1
    assert found.low == pytest.approx(0.98736, abs=1e-5)


def test_the_paired_interval_is_that_of_newcombes_example():
    """Newcombe 1998, Statistics in Medicine 17:2635-2650: 36, 12, 2 and 0 of 50 pairs."""
    found = paired_difference(*pairs(36, 12, 2, 0))
    assert found == pytest.approx((0.2, 0.0569, 0.3404), abs=5e-5)


@pytest.mark.parametrize(
    ("first", "second", "p"),
    [
        (10, 2, 2 * (1 + 12 + 66) / 2**12),  # of 12 images, 0, 1 or 2 on one side
        (2, 10, 2 * (1 + 12 + 66) / 2**12),
        (6, 6, 1.0),
        (1, 0, 1.0),
        (0, 0, 1.0),
    ],
)
def test_mcnemars_test_counts_the_images_that_tell_the_arms_apart(first, second, p):
    for others in (1, 500):
        assert mcnemar(*pairs(others, first, second, others)) == pytest.approx(p)


def test_mcnemars_test_rejects_equal_arms_at_most_as_often_as_it_claims():
    random = np.random.default_rng(0)
    drawn = [random.multinomial(200, [0.8, 0.06, 0.06, 0.08]) for _ in range(300)]
    rejected = np.mean([mcnemar(*pairs(*counts)) < 0.05 for counts in drawn])
    assert 0.005 < rejected < 0.06


def test_rows_are_resampled_together():
    values = np.random.default_rng(0).random((2, 50))
    found = resampled(values, 0)
    assert found.shape == (2, 1000)
    assert resampled(values + 1, 0) == pytest.approx(found + 1)
    assert resampled(values.sum(axis=0)[None], 0)[0] == pytest.approx(found.sum(axis=0))
    assert found.std(axis=1) == pytest.approx(values.std(axis=1) / np.sqrt(50), rel=0.1)
    assert not np.allclose(resampled(values, 1), found)


@pytest.mark.parametrize("counts", [(300, 0, 0, 0), (0, 0, 0, 300), (297, 0, 0, 3)])
def test_equal_arms_differ_by_0_with_an_interval_around_it(counts):
    found = paired_difference(*pairs(*counts))
    assert found.value == 0
    assert -0.02 < found.low < 0 < found.high < 0.02


def test_exchanging_the_arms_exchanges_the_ends():
    one, other = pairs(180, 15, 5, 20)
    found, back = paired_difference(one, other), paired_difference(other, one)
    assert (-back.value, -back[2], -back[1]) == pytest.approx(tuple(found))


@pytest.mark.long
def test_paired_intervals_cover_the_difference_as_often_as_they_claim():
    random = np.random.default_rng(0)
    chances = np.array([0.85, 0.08, 0.03, 0.04])
    covered = 0
    for _ in range(400):
        found = paired_difference(*pairs(*random.multinomial(200, chances)))
        covered += found[1] <= 0.05 <= found[2]
    assert 0.93 <= covered / 400 <= 0.99


@pytest.mark.long
def test_bootstrap_intervals_cover_the_mean_as_often_as_they_claim():
    random = np.random.default_rng(0)
    covered = 0
    for trial in range(200):
        found = mean(random.normal(size=100), trial)
        covered += found[1] <= 0 <= found[2]
    assert 0.89 <= covered / 200 <= 0.99


def test_columns_have_ends_only_where_there_is_an_interval():
    assert Estimate(0.5).columns("ece") == {"ece": 0.5}
    assert list(Estimate(0.5, 0.4, 0.6).columns("nll")) == ["nll", "nll_low", "nll_high"]
