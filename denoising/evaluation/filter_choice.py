"""Choose the parameter of a denoiser without training."""

import numpy as np

from denoising.baselines.filters import DENOISERS, denoise
from denoising.evaluation.scores import psnr

PATIENCE = 3


def choose(name: str, clean: np.ndarray, noisy: np.ndarray, start: float = 0) -> float:
    """Return the parameter of a denoiser that gives the best average PSNR on these images.

    Values are tried from `start`, which is the best one of a lower level of noise for example,
    upwards, until three in a row have been no better.
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
