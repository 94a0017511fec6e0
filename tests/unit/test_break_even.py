"""Break-even and calibration: values worked out by hand, and cases whose answer is known."""

import numpy as np
import pytest

from denoising.baselines.posterior_mean import posterior_mean
from denoising.evaluation.break_even import break_even, levels_between, measures, rise
from denoising.evaluation.calibration import (
    ece,
    ece_estimate,
    fit_temperature,
    perfect_ece,
    reliability,
)
from denoising.evaluation.scores import psnr
from denoising.evaluation.summaries import image_scores

LEVELS = [0.0, 0.1, 0.2, 0.4]


def logits_of(probability: float, right: int, wrong: int) -> tuple[np.ndarray, np.ndarray]:
    """Return verdicts of two classes of this confidence, so many of them right."""
    logit = np.log(probability / (1 - probability))
    return np.tile([logit, 0.0], (right + wrong, 1)), np.r_[np.zeros(right), np.ones(wrong)].astype(
        int
    )


@pytest.mark.parametrize(
    ("gains", "level"),
    [
        ([-0.1, 0.3, 0.4, 0.4], (0.0, 0.1)),
        ([0.0, 0.2, 0.2, 0.2], 0.0),
        ([0.0, 0.0, 0.2, 0.3], 0.1),
        ([-0.1, 0.1, 0.2, -0.3], (0.0, 0.1)),  # beyond the maximum, the denoiser fails
        ([-0.2, -0.1, -0.1, 0.3], (0.2, 0.4)),
        ([0.001, -0.1, 0.1, 0.3], (0.1, 0.2)),  # the first two are averaged: -0.0495
        ([-0.1, 0.1, -0.1, 0.2], 0.2),  # the middle ones are averaged: 0
        ([0.1, -0.05, -0.2, 0.2], (0.2, 0.4)),
        ([0.1, 0.2, 0.3, 0.4], None),
        ([0.3, -0.1, 0.1, 0.4], None),  # the first three are averaged: 0.1
        ([-0.1, -0.1, 0.0, -0.1], None),
        ([0.0, 0.0, 0.0, 0.0], None),
    ],
)
def test_the_crossing_is_where_the_monotone_curve_turns_positive(gains, level):
    found = rise(LEVELS, np.array(gains)).crossing()
    if isinstance(level, tuple):
        assert found is not None
        assert level[0] < found < level[1]
    else:
        assert found == (None if level is None else pytest.approx(level))


def test_a_straight_gain_is_interpolated_linearly():
    assert rise(LEVELS, np.array([-0.1, 0.0, 0.1, 0.3]) - 0.05).crossing() == pytest.approx(0.15)


def test_the_crossing_follows_a_bend_that_straight_lines_cut_off():
    levels = np.array([0, 0.05, 0.1, 0.2])
    gains = levels**2 - 0.06**2
    line = 0.05 + 0.05 * -gains[1] / (gains[2] - gains[1])
    found = rise([*levels], gains).crossing()
    assert found is not None
    assert abs(found - 0.06) < 0.6 * abs(line - 0.06)


def test_further_levels_lie_between_the_two_around_the_break_even():
    assert levels_between(LEVELS, np.array([-0.2, -0.1, 0.1, 0.3]), 3) == [0.125, 0.15, 0.175]
    assert levels_between(LEVELS, np.array([0.1, 0.2, 0.3, 0.4]), 3) == []
    assert levels_between(LEVELS, np.array([-0.1, -0.2, -0.3, -0.4]), 3) == []


def gains_of(slope: list[float], number: int, spread: float = 0.5) -> np.ndarray:
    """Return noisy gains of this many images, (L, N), whose averages are the `slope`."""
    noise = np.random.default_rng(0).normal(0, spread, (4, number))
    return np.array(slope)[:, None] + noise - noise.mean(axis=1, keepdims=True)


def test_the_interval_of_the_break_even_level_contains_it():
    gains = gains_of([-0.1, 0.0, 0.1, 0.3], 2000)  # crosses at 0.1
    found = break_even(LEVELS, gains, 0)
    assert found is not None
    assert found.low < 0.1 < found.high
    assert found.high - found.low < 0.1
    assert break_even(LEVELS, gains, 0) == found


@pytest.mark.parametrize(
    "gains",
    [
        gains_of([-0.01, 0.0, 0.1, 0.3], 100),  # the loss at 0 may be chance
        np.repeat([[0.0], [0.0], [0.1], [0.3]], 300, axis=1),  # no loss at any level
    ],
)
def test_an_unresolved_break_even_level_has_no_interval(gains):
    found = break_even(LEVELS, gains, 0)
    assert found is not None
    assert found.low is found.high is None


@pytest.mark.parametrize("slope", [[0.1, 0.2, 0.3, 0.3], [-0.1, -0.1, -0.1, -0.2]])
def test_without_a_crossing_there_is_no_break_even_level(slope):
    assert break_even(LEVELS, gains_of(slope, 2000, spread=0.1), 0) is None


def test_harm_and_help_are_shares_of_all_images(images):
    labels = np.array([0, 0, 0, 0, 1])
    logits = np.eye(2)[[0, 0, 1, 1, 1]] * 5.0
    before = np.array([1.0, 0.0, 1.0, 1.0, 0.0])
    scores = image_scores(images[:5], images[:5] * 0.9)
    found = measures(scores, logits, labels, before)
    assert (found["n"], found["accuracy"]) == (5, 0.6)
    assert found["harm_rate"] == pytest.approx(0.4)
    assert found["help_rate"] == pytest.approx(0.4)
    assert found["psnr"] == pytest.approx(scores["psnr"].mean())


def test_a_temperature_corrects_overconfidence():
    logits, labels = logits_of(0.99, right=80, wrong=20)
    temperature = fit_temperature(logits, labels)
    assert ece(logits, labels) == pytest.approx(0.19)
    assert ece(logits / temperature, labels) < 0.01
    assert temperature == pytest.approx(np.log(99) / np.log(4), rel=0.02)
    modest, labels = logits_of(0.6, right=90, wrong=10)
    assert fit_temperature(modest, labels) < 1
    flawless, labels = logits_of(0.9, right=100, wrong=0)
    assert 0.3 < fit_temperature(flawless, labels) < 1


def drawn(number: int, seed: int, sharper: float = 1) -> tuple[np.ndarray, np.ndarray]:
    """Return logits, and labels drawn from their probabilities; `sharper` ones are overconfident.

    Calibrated, the confidences are those of two classes, from 0.5 to 1.
    """
    random = np.random.default_rng(seed)
    chance = random.uniform(0.5, 1, number)
    logits = np.stack([np.log(chance / (1 - chance)), np.zeros(number)], axis=1)
    return sharper * logits, (random.random(number) > chance).astype(int)


def test_a_perfectly_calibrated_model_has_the_simulated_calibration_error():
    found = [ece(*drawn(500, seed)) for seed in range(200)]
    expected = perfect_ece(drawn(500, 0)[0], 0)
    assert expected.value == pytest.approx(np.mean(found), rel=0.05)
    assert expected.low is not None
    assert expected.high is not None
    inside = [expected.low <= one <= expected.high for one in found]
    assert 0.9 <= np.mean(inside) <= 0.99
    assert ece(*drawn(500, 0, sharper=2)) > expected.high
    assert perfect_ece(drawn(8000, 0)[0], 0).value == pytest.approx(expected.value / 4, rel=0.1)


def test_the_interval_of_the_calibration_error_holds_that_of_most_other_images():
    other = [ece(*drawn(500, seed, sharper=2)) for seed in range(200)]
    found = [ece_estimate(*drawn(500, seed, sharper=2), seed) for seed in range(40)]
    assert all(one.low < one.value < one.high for one in found)
    assert np.mean([one.low <= np.mean(other) <= one.high for one in found]) >= 0.85
    spread = np.mean([(one.high - one.low) / (2 * 1.96) for one in found])
    assert spread == pytest.approx(np.std(other), rel=0.25)


def test_the_calibration_error_does_not_depend_on_how_many_draws_are_made_at_a_time(monkeypatch):
    logits, labels = drawn(300, 0, sharper=2)
    before = ece_estimate(logits, labels, 0), perfect_ece(logits, 0)
    monkeypatch.setattr("denoising.evaluation.calibration.DRAWS", 300 * 7)
    assert (ece_estimate(logits, labels, 0), perfect_ece(logits, 0)) == before


def test_reliability_has_a_row_for_each_bin_with_images():
    parts = [logits_of(0.62, 30, 20), logits_of(0.95, 10, 0)]
    logits, labels = (np.concatenate(part) for part in zip(*parts, strict=True))
    table = reliability(logits, labels)
    assert table["images"].tolist() == [50, 10]
    assert table["confidence"].tolist() == pytest.approx([0.62, 0.95])
    assert table["accuracy"].tolist() == pytest.approx([0.6, 1.0])


def test_the_posterior_mean_matches_bayes_rule(images):
    known = np.rint(255 * images[:20]).astype(np.uint8)
    noisy = images[20:23] + np.random.default_rng(0).normal(0, 2, (3, 28, 28, 1))
    for level in (0.5, 3.0):
        differences = noisy[:, None] - known[None] / 255
        logs = -np.square(differences).sum(axis=(2, 3, 4)) / (2 * level**2)
        weights = np.exp(logs - logs.max(axis=1, keepdims=True))
        expected = (
            np.einsum("nm,mhwc->nhwc", weights, known / 255) / weights.sum(1)[:, None, None, None]
        )
        found = posterior_mean(noisy.astype(np.float32), known, level)
        assert np.allclose(found, expected, atol=1e-3)


def test_the_posterior_mean_recovers_known_images_whatever_the_blocks(images, monkeypatch):
    known = np.rint(255 * images).astype(np.uint8)
    noise = np.random.default_rng(0).normal(0, 0.3, images.shape).astype(np.float32)
    found = posterior_mean(images + noise, known, 0.3)
    assert psnr(images, found).min() > 45
    monkeypatch.setattr("denoising.baselines.posterior_mean.BLOCK", 7)
    assert np.allclose(posterior_mean(images + noise, known, 0.3), found, atol=1e-6)
