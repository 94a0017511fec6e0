"""The noise study: against values worked out by hand, and cases whose answer is known."""

import numpy as np
import pytest

from denoising.baselines.posterior_mean import posterior_mean
from denoising.evaluation.break_even import area, break_even, crossing, measures
from denoising.evaluation.calibration import ece, fit_temperature, reliability
from denoising.evaluation.scores import psnr
from denoising.evaluation.summaries import image_scores

LEVELS = [0.0, 0.1, 0.2, 0.4]


def logits_of(probability: float, right: int, wrong: int) -> tuple[np.ndarray, np.ndarray]:
    """Return verdicts of two classes of this confidence, so many of them right."""
    logit = np.log(probability / (1 - probability))
    return np.tile([logit, 0.0], (right + wrong, 1)), np.r_[np.zeros(right), np.ones(wrong)].astype(
        int
    )


def test_the_area_is_the_average_over_the_range():
    assert area(LEVELS, np.full(4, 0.7)) == pytest.approx(0.7)
    assert area(LEVELS, np.array([1.0, 1.0, 0.0, 0.0])) == pytest.approx(0.15 / 0.4)


@pytest.mark.parametrize(
    ("gains", "level", "found"),
    [
        ([-0.1, 0.3, 0.4, 0.4], 0.025, True),
        ([0.0, 0.2, 0.2, 0.2], 0.0, True),
        ([0.0, 0.0, 0.2, 0.3], 0.1, True),
        ([0.001, -0.1, 0.1, 0.3], 0.15, True),
        ([-0.1, 0.1, 0.2, -0.3], 0.05, True),
        ([-0.2, -0.1, -0.1, 0.3], 0.25, True),
        ([-0.1, 0.1, -0.1, 0.2], 0.2 + 0.2 / 3, True),
        ([0.1, 0.2, 0.3, 0.4], 0.0, False),
        ([-0.1, -0.1, 0.0, -0.1], 0.4, False),
        ([0.0, 0.0, 0.0, 0.0], 0.4, False),
    ],
)
def test_the_crossing_is_interpolated(gains, level, found):
    assert crossing(LEVELS, np.array(gains)) == (pytest.approx(level), found)


def gains_of(slope: list[float], number: int, spread: float = 0.5) -> np.ndarray:
    """Return noisy gains of this many images around the `slope`, (L, N)."""
    return np.array(slope)[:, None] + np.random.default_rng(0).normal(0, spread, (4, number))


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
