"""The posterior mean over the training images: what a denoiser that knows only them would give."""

import numpy as np

BLOCK = 5000


def posterior_mean(noisy: np.ndarray, known: np.ndarray, level: float) -> np.ndarray:
    """Return the least-squares denoiser for a world that consists of the known images alone.

    Each known image is as likely as any other, and the noise is white, Gaussian and not clipped:
    the estimate is their average, weighted by exp(-|noisy - known|² / (2 level²)). It is a
    reference and no bound: other images than the known ones may be met, and where they are, a
    denoiser that generalises does better.

    Parameters
    ----------
    noisy : ``float32``, (N, H, W, C).
    known : ``uint8``, (M, H, W, C), read in blocks.
    level : the standard deviation of the noise, above 0.

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
