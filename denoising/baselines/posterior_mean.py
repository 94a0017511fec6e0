"""The posterior mean over the training images, a reference for denoisers."""

import numpy as np

BLOCK = 5000


def posterior_mean(noisy: np.ndarray, known: np.ndarray, level: float) -> np.ndarray:
    """Return the optimal denoiser (least squares) for images drawn uniformly from the known ones.

    For white Gaussian noise without clipping it is the average of the known images, weighted by
    exp(-|noisy - known|² / (2 level²)). It is a reference, not a bound: on images other than the
    known ones, a denoiser that generalises does better.

    Parameters
    ----------
    noisy : ``float32``, (N, H, W, C).
    known : ``uint8``, (M, H, W, C), read in blocks.
    level : standard deviation of the noise, above 0.

    Returns
    -------
    ``float32``, of the shape of `noisy`.
    """
    seen = noisy.reshape(len(noisy), -1)
    highest = np.full(len(seen), -np.inf)
    total, weighted = np.zeros(len(seen)), np.zeros(seen.shape)
    for start in range(0, len(known), BLOCK):
        block = known[start : start + BLOCK].reshape(-1, seen.shape[1]).astype(np.float32) / 255
        logs = (seen @ block.T - 0.5 * np.square(block).sum(axis=1)).astype(np.float64) / level**2
        higher = np.maximum(highest, logs.max(axis=1))
        fade = np.exp(highest - higher)
        weights = np.exp(logs - higher[:, None]).astype(np.float32)
        total = fade * total + weights.sum(axis=1, dtype=np.float64)
        weighted = fade[:, None] * weighted + weights @ block
        highest = higher
    return (weighted / total[:, None]).astype(np.float32).reshape(noisy.shape)
