"""Averages of scores with bootstrap intervals: the numbers in `metrics/`.

`stream` names the random stream of the bootstrap, see `denoising.seeding.generator`.
"""

from collections.abc import Callable, Iterable

import numpy as np

from denoising.evaluation import scores
from denoising.evaluation.calibration import ece
from denoising.seeding import generator

RESAMPLES = 1000
CHUNK = 1000
IMAGE_SCORES = (scores.psnr, scores.ssim, scores.mae, scores.mse, scores.bce)


def interval(values: np.ndarray, *stream: int | str) -> tuple[float, float]:
    """Return the 95% bootstrap interval (percentiles) of the average of `values`, (N,).

    To compare two arms on the same images, pass their differences: the resampling is then paired.
    """
    random = generator(*stream, "bootstrap")
    means = [values[random.integers(0, len(values), len(values))].mean() for _ in range(RESAMPLES)]
    low, high = np.percentile(means, [2.5, 97.5])
    return float(low), float(high)


def average(name: str, values: np.ndarray, *stream: int | str) -> dict[str, float]:
    """Return ``name``, ``name_low`` and ``name_high``: the average and its 95% interval."""
    low, high = interval(values, *stream)
    return {name: float(values.mean()), f"{name}_low": low, f"{name}_high": high}


def classification(logits: np.ndarray, labels: np.ndarray, *stream: int | str) -> dict[str, float]:
    """Summarise an arm: accuracy with its interval, negative log-likelihood (nats) and ECE."""
    return average("accuracy", scores.correct(logits, labels), *stream) | {
        "nll": float(scores.nll(logits, labels).mean()),
        "ece": ece(logits, labels),
    }


def difference(
    logits: np.ndarray, others: np.ndarray, labels: np.ndarray, *stream: int | str
) -> dict[str, float]:
    """Return the difference in accuracy, first arm minus second, with its paired interval."""
    paired = scores.correct(logits, labels) - scores.correct(others, labels)
    return average("accuracy", paired, *stream)


def restoration(
    before: dict[str, np.ndarray], after: dict[str, np.ndarray], *stream: int | str
) -> dict[str, float]:
    """Summarise a denoiser: PSNR (dB) and SSIM before, after and gained, and the remaining errors.

    `before` and `after` are the `image_scores` of the noisy and the denoised images.
    """
    summary = {}
    for name in ("psnr", "ssim"):
        summary |= average(name, after[name], *stream)
        summary |= average(f"{name}_noisy", before[name], *stream)
        summary |= average(f"{name}_gain", after[name] - before[name], *stream)
    for name in ("mae", "mse", "bce"):
        summary |= average(name, after[name], *stream)
    return summary


def image_scores(
    clean: np.ndarray, images: np.ndarray, extra: Iterable[Callable] = ()
) -> dict[str, np.ndarray]:
    """Return ``psnr``, ``ssim``, ``mae``, ``mse`` and ``bce``, (N,) each.

    Parameters
    ----------
    clean, images : ``float32`` in [0, 1], (N, H, W, C), read in chunks.
    extra : further functions of `denoising.evaluation.scores`.
    """
    wanted = (*IMAGE_SCORES, *extra)
    found = {score.__name__: [] for score in wanted}
    for start in range(0, len(clean), CHUNK):
        part = slice(start, start + CHUNK)
        image = np.clip(images[part], 0, 1)
        for score in wanted:
            found[score.__name__].append(score(clean[part], image))
    return {name: np.concatenate(values) for name, values in found.items()}
