"""Estimate the level of Gaussian noise from a noisy image and its denoised version."""

import math

import numpy as np

HIGHEST = 2.0
STEPS = 30
FEW = 256  # values: those of a picture of 8 bits


def squared_error(clean: np.ndarray, level: np.ndarray) -> np.ndarray:
    """Return the expected squared error of a clean value with Gaussian noise, clipped to [0, 1].

    For a value x and standard normal z it is the expectation of (min(max(x + level z, 0), 1) - x)².

    Parameters
    ----------
    clean : values in [0, 1].
    level : standard deviations above 0, of a shape that broadcasts with that of `clean`.
    """
    low, high = -clean / level, (1 - clean) / level
    below, above = _ndtr(low), _ndtr(-high)
    inside = 1 - below - above - high * _density(high) + low * _density(low)
    return level**2 * inside + clean**2 * below + (1 - clean) ** 2 * above


def _ndtr(value: np.ndarray) -> np.ndarray:
    """Return the standard normal distribution function."""
    if value.size > FEW:
        from scipy.special import ndtr  # slow to import: a picture of 8 bits does without

        return ndtr(value)
    found = [math.erfc(one) / 2 for one in (value / -math.sqrt(2)).ravel().tolist()]
    return np.array(found).reshape(value.shape)


def _density(value: np.ndarray) -> np.ndarray:
    return np.exp(-0.5 * value**2) / np.sqrt(2 * np.pi)


def estimate_level(noisy: np.ndarray, denoised: np.ndarray, clip: bool = True) -> np.ndarray:
    """Return the level of the Gaussian noise in each image, (N,), at most 2 if clipped.

    Without clipping it is the root mean squared difference of the two images. Clipping hides half
    of the noise of black and white pixels; then it is the level, found by bisection, whose expected
    squared error at the denoised values equals the observed one.

    Parameters
    ----------
    noisy : (N, H, W, C).
    denoised : (N, H, W, C), from a denoiser that was not given the level.
    clip : whether the noisy images were clipped to [0, 1].
    """
    denoised = np.clip(denoised.reshape(len(denoised), -1), 0, 1)
    difference = noisy.reshape(len(noisy), -1) - denoised.astype(np.float64)
    observed = np.square(difference).mean(axis=1)
    if not clip:
        return np.sqrt(observed)
    pairs = zip(denoised, observed, strict=True)
    return np.array([_level_of_clipped(clean, error) for clean, error in pairs])


def _level_of_clipped(clean: np.ndarray, observed: float) -> float:
    """Return the level of clipped noise with the observed mean squared error, for values, (P,).

    Pictures of 8 or 16 bits have few distinct values, and each is computed once.
    """
    values, counts = np.unique(clean, return_counts=True)
    values, weights = values.astype(np.float64), counts / len(clean)
    low, high = 0.0, HIGHEST
    for _ in range(STEPS):
        middle = (low + high) / 2
        if weights @ squared_error(values, np.array(middle)) < observed:
            low = middle
        else:
            high = middle
    return (low + high) / 2
