"""The noise sweep: the measures of an arm at one level, and the break-even level of denoising."""

import numpy as np

from denoising.evaluation.scores import correct
from denoising.evaluation.summaries import classification
from denoising.seeding import generator

RESAMPLES = 1000
RESTORATION = ("psnr", "ssim", "mae")


def measures(
    scores: dict[str, np.ndarray],
    logits: np.ndarray,
    labels: np.ndarray,
    before: np.ndarray,
    *stream: int | str,
) -> dict[str, float]:
    """Return the measures of an arm at one level: a row of the sweep without kind, level and arm.

    Parameters
    ----------
    scores : of the images that the arm classified, from `image_scores`.
    logits, labels : (N, classes) and (N,).
    before : (N,), 1 if the clean-trained classifier is right about the noisy image, else 0.
    stream : the name of the random stream for the bootstrap.

    Returns
    -------
    ``n``, ``accuracy`` with its 95% interval, ``nll``, ``ece``, ``psnr``, ``ssim``, ``mae``,
    ``harm_rate`` (the fraction of all images that were right before and are wrong now) and
    ``help_rate`` (the fraction that were wrong before and are right now).
    """
    right = correct(logits, labels)
    return {
        "n": len(labels),
        **classification(logits, labels, *stream),
        **{name: float(scores[name].mean()) for name in RESTORATION},
        "harm_rate": float((before * (1 - right)).mean()),
        "help_rate": float(((1 - before) * right).mean()),
    }


def area(levels: list[float], values: np.ndarray) -> float:
    """Return the area under a curve over noise levels, (L,), divided by their range.

    By the trapezoidal rule; the result is an average over the levels, in the unit of the values.
    """
    return float(np.trapezoid(values, levels) / (levels[-1] - levels[0]))


def crossing(levels: list[float], gains: np.ndarray) -> tuple[float, bool]:
    """Return the level at which a gain, (L,), last turns positive before its maximum, and True.

    The level is interpolated linearly between two levels. Earlier changes of sign are taken for
    chance, as gains near 0 fluctuate. Without such a crossing, return False and the first level if
    the gain is positive at all levels up to its maximum, or the last level if it never is.
    """
    largest = int(np.argmax(gains))
    if gains[largest] <= 0:
        return levels[-1], False
    not_above = np.flatnonzero(gains[:largest] <= 0)
    if not len(not_above):
        return levels[0], False
    place = not_above[-1]
    below, above = gains[place], gains[place + 1]
    fraction = -below / (above - below)
    return float(levels[place] + fraction * (levels[place + 1] - levels[place])), True


def break_even(levels: list[float], gains: np.ndarray, *stream: int | str) -> dict[str, float]:
    """Return the level from which denoising pays, with its 95% bootstrap interval.

    Parameters
    ----------
    levels : L noise levels, ascending.
    gains : (L, N), the gain for each of N images, the same images at every level.
    stream : the name of the random stream for the bootstrap.

    Returns
    -------
    ``break_even_level`` with ``_low`` and ``_high``, and ``break_even_found``, 1 or 0. If there is
    no crossing, in the images or in a resample, the level is the one that `crossing` returns.
    """
    level, found = crossing(levels, gains.mean(axis=1))
    random, number = generator(*stream, "break even"), gains.shape[1]
    resampled = [
        crossing(levels, gains[:, random.integers(0, number, number)].mean(axis=1))[0]
        for _ in range(RESAMPLES)
    ]
    low, high = np.percentile(resampled, [2.5, 97.5])
    return {
        "break_even_level": float(level),
        "break_even_level_low": float(low),
        "break_even_level_high": float(high),
        "break_even_found": int(found),
    }
