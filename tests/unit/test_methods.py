"""The denoisers without training, with their parameters taken from the noise level."""

import numpy as np
import pytest
from scipy.ndimage import gaussian_filter
from skimage.metrics import peak_signal_noise_ratio as psnr

from denoising.baselines.filters import DENOISERS
from denoising.baselines.methods import PARAMETERS, filter_large
from denoising.baselines.toolbox import METHODS
from denoising.cli.arguments import METHODS as OFFERED
from denoising.inference import tiling


def smooth(channels: int, size: int = 64) -> np.ndarray:
    """Return a smooth picture, as floats from 0.2 to 0.8."""
    random = np.random.default_rng(0)
    waves = gaussian_filter(random.normal(size=(size, size, channels)), (8, 8, 0))
    return 0.2 + 0.6 * (waves - waves.min()) / np.ptp(waves)


def test_every_filter_is_a_method_of_the_command():
    assert {*DENOISERS} == {*PARAMETERS}
    assert METHODS == OFFERED == ("network", *DENOISERS)


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.float32])
@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("level", [0.06, 0.15])
@pytest.mark.parametrize("name", sorted(PARAMETERS))
def test_each_filter_removes_most_of_the_noise_of_each_type(name, level, channels, dtype):
    clean = smooth(channels)
    noise = level * np.random.default_rng(1).normal(size=clean.shape)
    white = 1 if dtype == np.float32 else np.iinfo(dtype).max
    noisy = (np.clip(clean + noise, 0, 1) * white).astype(dtype)
    restored = filter_large(name, noisy, level)
    assert restored.dtype == dtype
    assert restored.shape == noisy.shape
    before, after = (psnr(clean, image / white, data_range=1) for image in (noisy, restored))
    assert after > before + 6


@pytest.mark.parametrize("name", sorted(PARAMETERS))
def test_level_0_changes_nothing(name):
    noisy = np.random.default_rng(0).integers(0, 256, (20, 30, 3)).astype(np.uint8)
    assert np.array_equal(filter_large(name, noisy, 0.0), noisy)


@pytest.mark.parametrize("name", sorted(PARAMETERS))
def test_pictures_of_one_pixel_are_filtered_without_warnings(name, recwarn):
    assert np.array_equal(filter_large(name, np.full((1, 1, 3), 90, np.uint8), 0.1), [[[90] * 3]])
    assert not recwarn.list


@pytest.mark.parametrize("name", ["median", "nlm"])
def test_tiles_leave_no_seams(name, monkeypatch):
    noisy = np.random.default_rng(0).random((90, 70, 3)).astype(np.float32)
    whole = filter_large(name, noisy, 0.1)
    monkeypatch.setattr(tiling, "TILE", 32)
    monkeypatch.setattr(tiling, "HALO", 16)
    done = []
    assert filter_large(name, noisy, 0.1, done.append) == pytest.approx(whole, abs=1e-4)
    assert sum(done) == 90 * 70
    assert len(done) == 9
