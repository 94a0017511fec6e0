"""The noise study: what is measured of an arm at a level, and where denoising begins to pay."""

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
    """Return what is measured of an arm: a row of the table, but for its kind, level and arm.

    Parameters
    ----------
    scores : of the images that the arm judged by, as `image_scores` has them.
    logits, labels : (N, classes) and (N,).
    before : (N,), 1 where the clean-trained classifier is right about the noisy image, else 0.

    Returns
    -------
    ``n``, ``accuracy`` with its 95% interval, ``nll``, ``ece``; ``psnr``, ``ssim``, ``mae``; the
    ``harm_rate``, the share of the images that were right before and are wrong now, and the
    ``help_rate``, the share of those that were wrong and are right.
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
    """Return the area under a curve by level, (L,), divided by the range of the levels.

    By the trapezoidal rule; it is an average over the levels, on the scale of the values.
    """
    return float(np.trapezoid(values, levels) / (levels[-1] - levels[0]))


def crossing(levels: list[float], gains: np.ndarray) -> tuple[float, bool]:
    """Return the level from which a gain, (L,), is above 0 up to its largest, and if there is one.

    Between two levels it is interpolated linearly. Where the gain is above 0 at all levels up to
    its largest, the first level is returned, and the last one where it never is. What comes before
    the last rise is taken for chance: gains near 0 change their sign from level to level.
    """
    largest = int(np.argmax(gains))
    if gains[largest] <= 0:
        return levels[-1], False
    not_above = np.flatnonzero(gains[:largest] <= 0)
    if not len(not_above):
        return levels[0], False
    place = not_above[-1]
    below, above = gains[place], gains[place + 1]
    share = -below / (above - below)
    return float(levels[place] + share * (levels[place + 1] - levels[place])), True


def break_even(levels: list[float], gains: np.ndarray, *stream: int | str) -> dict[str, float]:
    """Return the level from which something pays, with its 95% bootstrap interval.

    Parameters
    ----------
    levels : L of them, rising.
    gains : (L, N): what is gained in each of N images, the same ones at every level.

    Returns
    -------
    ``break_even_level``, ``_low`` and ``_high``, and ``break_even_found``, 1 or 0. Where no level
    is found, in the images or in some resample of them, `crossing` says what stands for it.
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
