"""The kept figures of Fashion-MNIST and of the digits reach their floors."""

import pytest

from tools._experiment import SEEDS
from tools._kept import DIGITS, Measure, value

FASHION_MNIST = SEEDS[0]


def figure(run, arm: str, measure: str) -> float:
    found = value(run, Measure("", arm, measure))
    assert found
    return found.value


@pytest.mark.parametrize(
    ("arm", "measure", "floor"),
    [
        ("clean_trained", "accuracy_clean", 0.938),
        ("noise_trained", "accuracy", 0.900),
        ("denoised_clean_trained", "accuracy", 0.897),
        ("joint", "accuracy", 0.903),
        ("denoised_clean_trained", "psnr", 24.80),
        ("denoised_clean_trained", "ssim_uniform", 0.895),
    ],
)
def test_fashion_mnist_reaches_its_floors(arm, measure, floor):
    assert figure(FASHION_MNIST, arm, measure) >= floor


def test_the_autoencoder_of_fashion_mnist_errs_little():
    assert figure(FASHION_MNIST, "denoised_clean_trained", "mae") <= 0.0310


def test_the_digits_are_recognised_and_restored():
    assert figure(DIGITS, "clean_trained", "accuracy_clean") >= 0.97
    gain = figure(DIGITS, "denoised_clean_trained", "psnr_gain")
    assert gain >= 11
