"""SSIM of a batch, against scikit-image and the formula of the paper."""

import numpy as np
import pytest
from skimage.metrics import structural_similarity

from denoising.evaluation import scores

WANG = {"gaussian_weights": True, "sigma": 1.5, "use_sample_covariance": False, "data_range": 1.0}
VARIANTS = {"ssim": WANG, "ssim_uniform": {"data_range": 1.0}, "ssim_range_2": {"data_range": 2.0}}
SHAPES = [(28, 28, 1), (11, 11, 1), (12, 31, 3), (33, 28, 3), (150, 81, 2), (11, 200, 1)]


def random_images(shape: tuple[int, ...], dtype: type = np.float64) -> np.ndarray:
    """Return five images of independent pixels."""
    return np.random.default_rng(0).random((5, *shape)).astype(dtype)


def smooth_images(shape: tuple[int, ...], dtype: type = np.float64) -> np.ndarray:
    """Return five images that vary slowly, one of them constant."""
    height, width, channels = shape
    rows, columns = np.linspace(0, 1, height)[:, None], np.linspace(0, 1, width)
    waves = [np.sin(n * rows + c) * np.cos(n * columns) for n in range(5) for c in range(channels)]
    planes = 0.5 + 0.4 * np.array(waves).reshape(5, channels, height, width)
    return np.moveaxis(planes, 1, -1).astype(dtype)


def with_noise(clean: np.ndarray) -> np.ndarray:
    noise = np.random.default_rng(1).normal(0, 0.1, clean.shape)
    return np.clip(clean + noise, 0, 1).astype(clean.dtype)


@pytest.mark.parametrize("score", VARIANTS)
@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("make", [random_images, smooth_images])
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_ssim_is_that_of_scikit_image(score, shape, make, dtype):
    clean = make(shape, dtype)
    noisy = with_noise(clean)
    expected = [
        structural_similarity(one, other, channel_axis=-1, **VARIANTS[score])
        for one, other in zip(clean, noisy, strict=True)
    ]
    found = getattr(scores, score)(clean, noisy)
    assert found.dtype == np.float64
    assert found == pytest.approx(expected, rel=0, abs=1e-12 if dtype is np.float64 else 1e-6)


@pytest.mark.parametrize("number", [1, 2, 300])
def test_ssim_of_an_image_does_not_depend_on_the_others(number):
    clean = np.random.default_rng(2).random((number, 28, 28, 1))
    noisy = with_noise(clean)
    alone = [scores.ssim(clean[n : n + 1], noisy[n : n + 1])[0] for n in range(number)]
    assert scores.ssim(clean, noisy) == pytest.approx(alone, rel=0, abs=1e-14)


def test_ssim_leaves_the_images_as_they_were():
    clean = random_images((16, 16, 1))
    noisy = with_noise(clean)
    copies = clean.copy(), noisy.copy()
    scores.ssim(clean, noisy)
    np.testing.assert_array_equal((clean, noisy), copies)


@pytest.mark.parametrize(
    ("score", "shape", "least"),
    [("ssim", (10, 28), "11×11"), ("ssim", (28, 10), "11×11"), ("ssim_uniform", (6, 7), "7×7")],
)
def test_an_image_smaller_than_the_window_is_refused(score, shape, least):
    images = np.zeros((2, *shape, 1))
    with pytest.raises(ValueError, match=rf"at least {least} pixels\. Received: {shape[0]}×"):
        getattr(scores, score)(images, images)


def test_a_uniform_window_fits_images_of_seven_pixels():
    clean = random_images((7, 7, 1))
    noisy = with_noise(clean)
    expected = structural_similarity(clean[0], noisy[0], channel_axis=-1, data_range=1.0)
    assert scores.ssim_uniform(clean, noisy)[0] == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize("other", [(4, 16, 16, 1), (5, 16, 16, 3), (5, 16, 17, 1)])
def test_images_of_other_shapes_are_refused(other):
    with pytest.raises(ValueError, match="Expected images of one shape"):
        scores.ssim(np.zeros((5, 16, 16, 1)), np.zeros(other))


def test_ssim_of_textured_images_matches_the_formula(images):
    """The formula of the paper, written out with an explicit 11×11 window, inside the borders."""
    one = images[0, ..., 0].astype(np.float64)
    other = np.clip(one + np.random.default_rng(1).normal(0, 0.1, one.shape), 0, 1)
    line = np.exp(-(np.arange(-5, 6) ** 2) / (2 * 1.5**2))
    window = np.outer(line, line) / line.sum() ** 2

    def mean(image):
        patches = np.lib.stride_tricks.sliding_window_view(image, (11, 11))
        return (patches * window).sum(axis=(2, 3))

    a, b = mean(one), mean(other)
    variances = mean(one**2) - a**2 + mean(other**2) - b**2
    covariance = mean(one * other) - a * b
    similarity = (2 * a * b + 1e-4) * (2 * covariance + 9e-4)
    similarity /= (a**2 + b**2 + 1e-4) * (variances + 9e-4)
    found = scores.ssim(one[None, ..., None], other[None, ..., None])[0]
    assert found == pytest.approx(similarity.mean(), rel=1e-6)


@pytest.mark.parametrize(("score", "data_range"), [("ssim_uniform", 1), ("ssim_range_2", 2)])
def test_the_published_ssim_uses_a_uniform_window(score, data_range, images):
    one = images[0, ..., 0].astype(np.float64)
    other = np.clip(one + np.random.default_rng(1).normal(0, 0.1, one.shape), 0, 1)

    def mean(image):
        return np.lib.stride_tricks.sliding_window_view(image, (7, 7)).mean(axis=(2, 3))

    a, b = mean(one), mean(other)
    variances = (mean(one**2) - a**2 + mean(other**2) - b**2) * 49 / 48
    covariance = (mean(one * other) - a * b) * 49 / 48
    c1, c2 = (0.01 * data_range) ** 2, (0.03 * data_range) ** 2
    similarity = (2 * a * b + c1) * (2 * covariance + c2)
    similarity /= (a**2 + b**2 + c1) * (variances + c2)
    found = getattr(scores, score)(one[None, ..., None], other[None, ..., None])[0]
    assert found == pytest.approx(similarity.mean(), rel=1e-6)
