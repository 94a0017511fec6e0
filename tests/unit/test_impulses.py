"""Impulses, single black or white pixels, are found and replaced; nothing else is."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.ndimage import gaussian_filter, median_filter
from skimage.metrics import peak_signal_noise_ratio as psnr

from denoising.datasets.sample_photographs import read_photograph
from denoising.noise.impulses import remove_impulses


def shades(seed: int = 0, size: int = 96, channels: int = 3) -> np.ndarray:
    """Return a smooth picture with edges, in 8 bits, hardly any of it black or white."""
    random = np.random.default_rng(seed)
    smooth = gaussian_filter(random.normal(size=(size, size, channels)), (6, 6, 0))
    steps = gaussian_filter(random.normal(size=(size, size, channels)), (9, 9, 0)) > 0
    picture = 128 + 45 * smooth / smooth.std() + 30 * steps
    return np.clip(picture, 10, 245).astype(np.uint8)


def struck(clean: np.ndarray, fraction: float, each: bool = True) -> np.ndarray:
    """Turn a fraction of the values, or of the pixels, black or white."""
    random = np.random.default_rng(1)
    shape = clean.shape if each else (*clean.shape[:2], 1)
    white = np.iinfo(clean.dtype).max
    colours = np.where(random.random(shape) < 0.5, white, 0)
    return np.where(random.random(shape) < fraction, colours, clean).astype(clean.dtype)


@pytest.mark.parametrize("each", [True, False], ids=["channels", "pixels"])
@pytest.mark.parametrize("fraction", [0.01, 0.05, 0.2, 0.4])
def test_impulses_are_replaced_better_than_by_a_median(fraction, each):
    clean = shades()
    noisy = struck(clean, fraction, each=each)
    restored, found = remove_impulses(noisy)
    assert found == pytest.approx(fraction, rel=0.25)
    best = max(psnr(clean, median_filter(noisy, (side, side, 1))) for side in (3, 5))
    assert psnr(clean, restored) > best + 1


@pytest.mark.parametrize("channels", [1, 3])
def test_all_values_but_black_and_white_are_kept(channels):
    noisy = struck(shades(channels=channels), 0.05)
    restored, found = remove_impulses(noisy)
    assert found > 0
    kept = (noisy > 0) & (noisy < 255)
    assert np.array_equal(restored[kept], noisy[kept])


def test_every_type_gives_the_same_picture():
    noisy = struck(shades(), 0.05)
    restored, found = remove_impulses(noisy)
    for scale, dtype in ((257, np.uint16), (1 / 255, np.float64), (1 / 255, np.float32)):
        other, as_found = remove_impulses((noisy.astype(float) * scale).astype(dtype))
        assert other.dtype == dtype
        assert as_found == found
        assert other / scale == pytest.approx(restored, abs=0.01)


def gaussian(sigma: float) -> np.ndarray:
    noise = np.random.default_rng(2).normal(size=(96, 96, 3))
    return np.clip(shades() + sigma * noise, 0, 255).astype(np.uint8)


def letters() -> np.ndarray:
    """Return short black strokes and dots on white."""
    random = np.random.default_rng(3)
    page = np.full((96, 96, 1), 255, np.uint8)
    for top, left in random.integers(2, 90, (120, 2)):
        page[top : top + random.integers(1, 5), left : left + random.integers(1, 3)] = 0
    return page


def board() -> np.ndarray:
    """Return a chessboard of single pixels beside a grey area with a thin black and white frame."""
    picture = np.full((96, 96, 3), 128, np.uint8)
    picture[:, :40] = 255 * (np.indices((96, 40)).sum(axis=0) % 2)[..., None]
    picture[20:80, 60:90], picture[21:79, 61:89], picture[22:78, 62:88] = 0, 255, 128
    return picture


@pytest.mark.parametrize(
    "picture",
    [shades(), gaussian(10), gaussian(50), gaussian(80), letters(), board(), shades() * 0],
    ids=["clean", "noise 10", "noise 50", "noise 80", "letters", "board", "black"],
)
def test_pictures_without_impulses_are_returned_as_they_are(picture):
    restored, found = remove_impulses(picture)
    assert found == 0
    assert restored is picture


def test_black_dots_leave_a_white_sky():
    """Where a sky is white, no neighbour is a shade; the dots take the colour around them."""
    clean = shades()
    clean[:30] = 255
    restored, _ = remove_impulses(struck(clean, 0.05))
    assert (restored[:27] == 255).mean() > 0.999


@settings(max_examples=50, deadline=None)
@given(
    height=st.integers(1, 20),
    width=st.integers(1, 20),
    seed=st.integers(0, 100),
    values=st.sampled_from([2, 4, 256]),
)
def test_any_picture_keeps_its_shape_and_its_shades(height, width, seed, values):
    random = np.random.default_rng(seed)
    picture = (random.integers(0, values, (height, width, 3)) * 255 // (values - 1)).astype("uint8")
    restored, found = remove_impulses(picture.copy())
    assert restored.shape == picture.shape
    assert restored.dtype == np.uint8
    assert 0 <= found <= 1
    kept = (picture > 0) & (picture < 255)
    assert np.array_equal(restored[kept], picture[kept])


@pytest.mark.parametrize("name", ["chelsea.png", "coffee.png", "astronaut.png", "coins.png"])
def test_strong_noise_that_is_clipped_is_no_impulse(name):
    clean = read_photograph(name)
    noise = np.random.default_rng(0).normal(0, 50, clean.shape)
    noisy = np.clip(np.rint(clean + noise), 0, 255).astype(np.uint8)
    assert remove_impulses(noisy)[1] == 0
