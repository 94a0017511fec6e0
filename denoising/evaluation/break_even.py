"""The noise sweep: the measures of an arm at one level, and the break-even level of denoising."""

import numpy as np

from denoising.evaluation.calibration import ece
from denoising.evaluation.intervals import Estimate, proportion
from denoising.evaluation.scores import correct, nll
from denoising.seeding import generator

RESAMPLES = 1000
RESTORATION = ("psnr", "ssim", "mae")


def measures(
    scores: dict[str, np.ndarray], logits: np.ndarray, labels: np.ndarray, before: np.ndarray
) -> dict[str, float]:
    """Return the measures of an arm at one level: a row of the sweep without kind, level and arm.

    Parameters
    ----------
    scores : of the images that the arm classified, from `image_scores`.
    logits, labels : (N, classes) and (N,).
    before : (N,), 1 if the clean-trained classifier is right about the noisy image, else 0.

    Returns
    -------
    ``n``, ``accuracy`` with its 95% interval, ``nll``, ``ece``, ``psnr``, ``ssim``, ``mae``,
    ``harm_rate`` (the fraction of all images that were right before and are wrong now) and
    ``help_rate`` (the fraction that were wrong before and are right now).
    """
    right = correct(logits, labels)
    return {
        "n": len(labels),
        **proportion(right).columns("accuracy"),
        "nll": float(nll(logits, labels).mean()),
        "ece": ece(logits, labels),
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


def break_even(levels: list[float], gains: np.ndarray, *stream: int | str) -> Estimate | None:
    """Return the level from which denoising pays, or None if there is no crossing.

    It has a 95% bootstrap interval only if it is resolved between two measured levels: the
    bootstrap interval of the gain lies below 0 at a level below it, and above 0 at one above it.
    Otherwise the gains around the crossing may be chance, and so is its place.

    Parameters
    ----------
    levels : L noise levels, ascending.
    gains : (L, N), the gain for each of N images, the same images at every level.
    stream : the name of the random stream for the bootstrap.
    """
    level, found = crossing(levels, gains.mean(axis=1))
    if not found:
        return None
    random, number = generator(*stream, "break even"), gains.shape[1]
    means = np.array(
        [gains[:, random.integers(0, number, number)].mean(axis=1) for _ in range(RESAMPLES)]
    )
    low, high = np.percentile(means, [2.5, 97.5], axis=0)
    below, above = np.array(levels) <= level, np.array(levels) > level
    if not ((high < 0) & below).any() or not ((low > 0) & above).any():
        return Estimate(level)
    ends = np.percentile([crossing(levels, resample)[0] for resample in means], [2.5, 97.5])
    return Estimate(level, *(float(end) for end in ends))
