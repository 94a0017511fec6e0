"""Scores and averages, against values worked out by hand."""

import numpy as np
import pytest

from denoising.baselines.filters import DENOISERS, denoise
from denoising.evaluation import scores, summaries
from denoising.evaluation.calibration import ece
from denoising.evaluation.filter_choice import choose
from denoising.noise.apply import add_noise
from denoising.noise.keys import noise_keys


def test_errors_of_a_constant_shift_are_as_computed_by_hand(images):
    clean = images * 0.5
    assert scores.mae(clean, clean + 0.1) == pytest.approx(np.full(64, 0.1), rel=1e-5)
    assert scores.mse(clean, clean + 0.1) == pytest.approx(np.full(64, 0.01), rel=1e-5)
    assert scores.psnr(clean, clean + 0.1) == pytest.approx(np.full(64, 20.0), abs=1e-4)


def test_equal_images_have_100_db_and_an_ssim_of_1(images):
    assert scores.psnr(images, images) == pytest.approx(np.full(64, 100.0))
    assert scores.ssim(images, images) == pytest.approx(np.ones(64))


def test_ssim_of_two_constants_is_the_luminance_term():
    one, other = np.full((1, 16, 16, 1), 0.4, np.float32), np.full((1, 16, 16, 1), 0.6, np.float32)
    luminance = (2 * 0.4 * 0.6 + 0.01**2) / (0.4**2 + 0.6**2 + 0.01**2)
    assert scores.ssim(one, other)[0] == pytest.approx(luminance, rel=1e-4)


def test_binary_cross_entropy_is_finite_at_the_ends():
    clean = np.array([0.0, 1.0], np.float32).reshape(1, 1, 2, 1)
    assert scores.bce(clean, clean)[0] == pytest.approx(1e-7, rel=0.1)
    assert scores.bce(clean, 1 - clean)[0] == pytest.approx(-np.log(1e-7), rel=1e-3)
    assert scores.bce(clean, np.full_like(clean, 0.5))[0] == pytest.approx(np.log(2))


def test_likelihood_and_correctness_of_logits():
    logits = np.log(np.array([[0.7, 0.3], [0.2, 0.8]], dtype=np.float32))
    labels = np.array([0, 0])
    assert scores.nll(logits, labels) == pytest.approx(-np.log([0.7, 0.2]), rel=1e-5)
    assert scores.correct(logits, labels).tolist() == [1, 0]


def test_calibration_error_is_the_gap_between_confidence_and_accuracy():
    logits = np.log(np.tile([[0.9, 0.1]], (100, 1)))
    labels = np.r_[np.zeros(60, int), np.ones(40, int)]
    assert ece(logits, labels) == pytest.approx(0.3)
    assert ece(logits, np.r_[np.zeros(90, int), np.ones(10, int)]) < 1e-9


def test_a_paired_interval_is_narrower_than_an_unpaired_one():
    random = np.random.default_rng(0)
    labels = random.integers(0, 2, 2000)
    right = random.random(2000) < 0.8
    verdicts = np.where(right, labels, 1 - labels)
    logits = np.eye(2)[verdicts]
    better = logits.copy()
    wrong = np.flatnonzero(~right)[:20]
    better[wrong] = better[wrong, ::-1]
    value, low, high = summaries.difference(better, logits, labels)["accuracy"]
    assert value == pytest.approx(0.01)
    assert 0 < low < value < high < 0.02


def test_restoration_counts_the_gain_over_the_noisy_images(images):
    noisy = np.clip(images + 0.2, 0, 1)
    before, after = (summaries.image_scores(images, state) for state in (noisy, images))
    summary = summaries.columns(summaries.restoration(after, before, 0))
    of_noisy = summaries.columns(summaries.restoration(before, None, 0))
    assert summary["psnr_gain"] == pytest.approx(summary["psnr"] - of_noisy["psnr"])
    assert summary["psnr"] == pytest.approx(100)
    assert summary["mae"] == summary["mse"] == 0
    assert "psnr_gain" not in of_noisy


def test_balanced_accuracy_is_given_only_where_classes_are_unequal():
    labels = np.repeat([0, 1, 2], [6, 6, 3])
    right = np.r_[np.ones(6), np.zeros(6), [1, 0, 0]]
    found = summaries.accuracies(right, labels, 0)
    assert found["accuracy"].value == pytest.approx(7 / 15)
    assert found["balanced_accuracy"].value == pytest.approx((1 + 0 + 1 / 3) / 3)
    assert "balanced_accuracy" not in summaries.accuracies(right[:12], labels[:12], 0)


@pytest.mark.parametrize("name", DENOISERS)
def test_classical_denoisers_with_a_chosen_parameter_help(name, images):
    clean = images[:3]
    noisy = add_noise(clean, 0.2, noise_keys(0, "test", "gaussian", range(3)))
    parameter = choose(name, clean, noisy)
    assert parameter in DENOISERS[name][1]
    denoised = denoise(name, noisy, parameter)
    assert denoised.shape == clean.shape
    assert scores.psnr(clean, denoised).mean() > scores.psnr(clean, noisy).mean() + 1
