"""Noise: its moments, its pairing across levels, its independence of batches and order."""

import numpy as np
import pytest

from denoising.files.errors import UserError
from denoising.noise.apply import add_noise
from denoising.noise.keys import noise_keys
from denoising.noise.models import KINDS

GREY = 0.5


def flat(number: int, value: float = GREY) -> np.ndarray:
    return np.full((number, 32, 32, 1), value, dtype=np.float32)


def noised(clean, level, kind, *, seed=0, split="test", epoch=0, indices=None, clip=False):
    indices = range(len(clean)) if indices is None else indices
    return add_noise(clean, level, noise_keys(seed, split, kind, indices, epoch), kind, clip)


@pytest.mark.parametrize("level", [0.05, 0.2, 0.5])
@pytest.mark.parametrize(
    ("kind", "deviation"),
    [
        ("gaussian", lambda level: level),
        ("speckle", lambda level: level * GREY),
        ("poisson", lambda level: level * np.sqrt(GREY)),
        ("salt_and_pepper", lambda level: np.sqrt(level) / 2),
    ],
)
def test_noise_has_the_mean_and_deviation_of_its_level(kind, deviation, level):
    clean = flat(100)
    noise = noised(clean, level, kind) - clean
    assert abs(noise.mean()) < 4 * deviation(level) / np.sqrt(noise.size)
    assert noise.std() == pytest.approx(deviation(level), rel=0.02)


def test_poisson_noise_counts_photons():
    level, brightness = 0.25, 0.4
    counts = noised(flat(200, brightness), level, "poisson") / level**2
    assert np.allclose(counts, np.rint(counts), atol=1e-4)
    shares = np.bincount(np.rint(counts).astype(int).ravel(), minlength=30)[:30] / counts.size
    mean = brightness / level**2
    expected = np.cumprod(np.r_[np.exp(-mean), mean / np.arange(1, 30)])
    assert np.abs(shares - expected).max() < 0.003


def test_black_stays_black_in_poisson_noise_and_speckle():
    for kind in ("poisson", "speckle"):
        assert not noised(flat(5, 0.0), 0.5, kind).any()


def test_salt_and_pepper_hits_the_fraction_of_pixels_in_all_channels():
    clean = np.full((100, 32, 32, 3), GREY, dtype=np.float32)
    noisy = noised(clean, 0.3, "salt_and_pepper")
    hit = noisy != clean
    assert (hit.all(axis=-1) == hit.any(axis=-1)).all()
    assert hit[..., 0].mean() == pytest.approx(0.3, abs=0.01)
    assert (noisy[hit] == 1).mean() == pytest.approx(0.5, abs=0.01)


@pytest.mark.parametrize("kind", ["gaussian", "speckle"])
def test_levels_of_gaussian_noise_and_speckle_are_scaled(kind):
    clean = flat(4)
    weak, strong = (noised(clean, level, kind) - clean for level in (0.1, 0.4))
    assert np.allclose(strong, 4 * weak, atol=1e-6)


@pytest.mark.parametrize("kind", KINDS)
def test_levels_are_paired(kind):
    clean = flat(50)
    weak, strong = (noised(clean, level, kind) - clean for level in (0.2, 0.4))
    unrelated = noised(clean, 0.4, kind, seed=1) - clean
    paired = np.corrcoef(weak.ravel(), strong.ravel())[0, 1]
    assert paired > 0.6
    assert abs(np.corrcoef(weak.ravel(), unrelated.ravel())[0, 1]) < 0.05


def test_pixels_hit_at_a_low_level_are_hit_at_a_higher_one_too():
    clean = flat(4)
    weak, strong = (noised(clean, level, "salt_and_pepper") for level in (0.1, 0.3))
    hit = weak != clean
    assert np.array_equal(weak[hit], strong[hit])


@pytest.mark.parametrize("kind", KINDS)
def test_noise_does_not_depend_on_batch_order_or_number(kind, images):
    whole = noised(images, 0.3, kind)
    assert np.array_equal(whole[:3], noised(images[:3], 0.3, kind))
    halves = [noised(images[part], 0.3, kind, indices=part) for part in (range(32), range(32, 64))]
    assert np.array_equal(whole, np.concatenate(halves))
    order = np.random.default_rng(1).permutation(len(images))
    assert np.array_equal(whole[order], noised(images[order], 0.3, kind, indices=order))


@pytest.mark.parametrize("kind", KINDS)
def test_noise_does_not_depend_on_the_layout_in_memory(kind, images):
    assert np.array_equal(noised(images, 0.3, kind), noised(np.asfortranarray(images), 0.3, kind))


def test_very_low_levels_of_poisson_noise_are_nearly_gaussian():
    noise = noised(flat(20), 1e-4, "poisson").astype(np.float64) - GREY
    assert noise.std() == pytest.approx(1e-4 * np.sqrt(GREY), rel=0.02)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("change", [{"seed": 1}, {"split": "train"}, {"epoch": 1}])
def test_seed_split_and_epoch_change_the_noise(kind, change):
    clean = flat(20)
    one, other = noised(clean, 0.3, kind) - clean, noised(clean, 0.3, kind, **change) - clean
    assert abs(np.corrcoef(one.ravel(), other.ravel())[0, 1]) < 0.05


def test_each_image_has_different_noise():
    noise = noised(flat(2), 0.3, "gaussian")
    assert abs(np.corrcoef(noise[0].ravel(), noise[1].ravel())[0, 1]) < 0.15


@pytest.mark.parametrize("kind", KINDS)
def test_level_0_is_no_noise_and_clipping_keeps_the_range(kind, images):
    assert np.array_equal(noised(images, 0, kind), images)
    noisy = noised(images, 0.9, kind, clip=True)
    assert noisy.dtype == np.float32
    assert noisy.min() >= 0
    assert noisy.max() <= 1


@pytest.mark.parametrize(
    ("level", "kind", "message"),
    [
        (-0.1, "gaussian", "from 0"),
        (float("nan"), "gaussian", "from 0"),
        (1.1, "salt_and_pepper", "from 0 to 1"),
        (0.1, "gausian", "gaussian, speckle"),
    ],
)
def test_impossible_noise_is_refused(level, kind, message, images):
    with pytest.raises(UserError, match=message):
        add_noise(images, level, noise_keys(0, "test", "gaussian", range(64)), kind)


def test_keys_must_match_the_images(images):
    with pytest.raises(ValueError, match="N keys"):
        add_noise(images, 0.1, noise_keys(0, "test", "gaussian", range(3)))
