"""The kept figures of the experiment are not below what they have to be."""

from pathlib import Path

import pytest

from tools._kept import DIGITS, FASHION, Measure, value


def measured(run: Path, arm: str, measure: str) -> float:
    """Return a number of an arm of a kept run."""
    found = value(run, Measure("", arm, measure))
    assert found
    return found.value


@pytest.mark.parametrize(
    ("arm", "measure", "least"),
    [
        ("clean_trained", "accuracy_clean", 0.936),
        ("noise_trained", "accuracy", 0.900),
        ("denoised_clean_trained", "accuracy", 0.894),
        ("joint", "accuracy", 0.903),
        ("denoised_clean_trained", "psnr", 24.80),
        ("denoised_clean_trained", "ssim_uniform", 0.894),
    ],
)
def test_fashion_mnist_reaches_its_floors(arm, measure, least):
    assert measured(FASHION, arm, measure) >= least


def test_the_error_of_denoised_fashion_mnist_is_small():
    assert measured(FASHION, "denoised_clean_trained", "mae") <= 0.0310


def test_the_digits_reach_their_floors():
    assert measured(DIGITS, "clean_trained", "accuracy_clean") >= 0.97
    assert measured(DIGITS, "denoised_clean_trained", "psnr_gain") >= 11
