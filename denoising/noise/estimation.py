"""The level of Gaussian noise in an image of which nothing is known but a restored version."""

import numpy as np
from scipy.special import ndtr

HIGHEST = 2.0
STEPS = 30


def squared_error(clean: np.ndarray, level: np.ndarray) -> np.ndarray:
    """Return the mean squared error that Gaussian noise cut to [0, 1] makes of a clean value.

    With x the value and z normal it is the expectation of (min(max(x + level z, 0), 1) - x)².
    Shapes are broadcast; `level` is above 0.
    """
    low, high = -clean / level, (1 - clean) / level
    below, above = ndtr(low), ndtr(-high)
    inside = 1 - below - above - high * _density(high) + low * _density(low)
    return level**2 * inside + clean**2 * below + (1 - clean) ** 2 * above


def _density(value: np.ndarray) -> np.ndarray:
    return np.exp(-0.5 * value**2) / np.sqrt(2 * np.pi)


def estimate_level(noisy: np.ndarray, restored: np.ndarray, clip: bool = True) -> np.ndarray:
    """Return the level of the Gaussian noise in each image, (N,).

    It is the one whose expected squared error at the restored values is the one that is seen: where
    noise is cut to [0, 1], black and white hide half of it, and the level, up to 2, is found by
    bisection.

    Parameters
    ----------
    noisy, restored : (N, H, W, C); restored by a denoiser that was not told the level.
    clip : whether the noisy images were cut to [0, 1].
    """
    restored = np.clip(restored.reshape(len(restored), -1).astype(np.float64), 0, 1)
    seen = np.square(noisy.reshape(len(noisy), -1) - restored).mean(axis=1)
    if not clip:
        return np.sqrt(seen)
    low, high = np.zeros(len(noisy)), np.full(len(noisy), HIGHEST)
    for _ in range(STEPS):
        middle = (low + high) / 2
        less = squared_error(restored, middle[:, None]).mean(axis=1) < seen
        low, high = np.where(less, middle, low), np.where(less, high, middle)
    return (low + high) / 2
