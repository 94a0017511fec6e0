"""Choose the parameter of a denoiser without training, by PSNR."""

import numpy as np

from denoising.baselines.filters import DENOISERS, denoise
from denoising.evaluation.scores import psnr

PATIENCE = 3


def choose(name: str, clean: np.ndarray, noisy: np.ndarray, start: float = 0) -> float:
    """Return the parameter of a denoiser with the highest average PSNR on these images.

    Candidates are tried upwards from `start`, for example the best one at a lower noise level,
    until three in a row bring no improvement.

    Parameters
    ----------
    name : a key of `denoising.baselines.filters.DENOISERS`.
    clean, noisy : ``float32`` in [0, 1], (N, H, W, C).
    """
    grid = DENOISERS[name][1]
    best, highest, misses = start, -np.inf, 0
    for value in grid[grid.index(start) :]:
        reached = psnr(clean, denoise(name, noisy, value)).mean()
        if reached > highest:
            best, highest, misses = value, reached, 0
        else:
            misses += 1
        if misses == PATIENCE:
            break
    return best
