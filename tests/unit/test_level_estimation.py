"""Estimates of the noise level, against noise whose level is known."""

import numpy as np
import pytest

from denoising.noise.apply import add_noise
from denoising.noise.estimation import estimate_level, squared_error
from denoising.noise.keys import noise_keys


def test_the_expected_error_matches_clipped_noise():
    normal = np.random.default_rng(0).normal(size=1_000_000)
    for clean in (0.0, 0.1, 0.5, 0.97):
        for level in (0.05, 0.3, 0.6):
            noisy = np.clip(clean + level * normal, 0, 1)
            expected = squared_error(np.array(clean), np.array(level))
            assert np.square(noisy - clean).mean() == pytest.approx(expected, rel=0.01)


@pytest.mark.parametrize("clip", [True, False])
@pytest.mark.parametrize("level", [0.0, 0.05, 0.2, 0.6])
def test_the_level_is_estimated_from_noise_that_is_known(images, level, clip):
    black = images * (images > 0.5)  # where clipping hides half of the noise
    keys = noise_keys(0, "test", "gaussian", range(len(images)))
    noisy = add_noise(black, level, keys, clip=clip)
    found = estimate_level(noisy, black, clip)
    assert found.mean() == pytest.approx(level, rel=0.02, abs=1e-6)
    assert found == pytest.approx(np.full(len(images), level), rel=0.2, abs=1e-6)


@pytest.mark.parametrize("white", [255, 65535])
@pytest.mark.parametrize("level", [0.0, 0.03, 0.4])
def test_each_distinct_value_counts_as_often_as_it_occurs(white, level):
    """The level is the one whose expected error, averaged over all pixels, was observed."""
    random = np.random.default_rng(0)
    clean = (np.rint(white * random.beta(0.5, 2, (3, 50, 60, 3))) / white).astype(np.float32)
    noisy = np.clip(clean + level * random.normal(size=clean.shape), 0, 1)
    found = estimate_level(noisy, clean)
    values = clean.reshape(3, -1).astype(np.float64)
    expected = squared_error(values, found[:, None]).mean(axis=1)
    observed = np.square(noisy.reshape(3, -1) - values).mean(axis=1)
    assert expected == pytest.approx(observed, rel=1e-6, abs=1e-12)
