"""The noise sweep: the measures of an arm at one level, and the break-even level of denoising."""

from typing import Any, NamedTuple

import numpy as np
from scipy.interpolate import PchipInterpolator
from scipy.optimize import brentq, isotonic_regression

from denoising.evaluation.calibration import ece
from denoising.evaluation.intervals import Estimate, proportion, resampled
from denoising.evaluation.scores import correct, nll

RESTORATION = ("psnr", "ssim", "mae")
LEVEL_DIGITS = 6  # of a level between two others, as in tables
GAIN_DIGITS = 12  # so that averages of gains that cancel out are 0


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


class Rise(NamedTuple):
    """A gain that rises with the level, up to the level of its maximum.

    Attributes
    ----------
    levels : K levels, ascending.
    gains : (K,), fitted, never falling.
    """

    levels: np.ndarray
    gains: np.ndarray

    @property
    def last_loss(self) -> int | None:
        """The place of the last level without a gain; None if the gain does not turn positive."""
        if self.gains[0] > 0 or self.gains[-1] <= 0:
            return None
        return int(np.flatnonzero(self.gains <= 0)[-1])

    def crossing(self) -> float | None:
        """Return the level at which the gain turns positive; None if it does not.

        It lies on the monotone cubic curve through the fitted gains (Fritsch and Butland 1984,
        doi:10.1137/0905021), whose bends straight lines would cut off.
        """
        place = self.last_loss
        if place is None:
            return None
        curve = PchipInterpolator(self.levels, self.gains)
        level: Any = brentq(curve, self.levels[place], self.levels[place + 1])
        return float(level)


def rise(levels: list[float], gains: np.ndarray) -> Rise:
    """Fit a gain, (L,), by isotonic regression, up to its maximum.

    More noise costs the classifier more, until the denoiser fails too. So the gain rises at first;
    measured gains that fall are taken for chance, and averaged with their neighbours.
    """
    until = int(np.argmax(gains)) + 1
    fitted = isotonic_regression(gains[:until]).x
    return Rise(np.array(levels[:until]), fitted.round(GAIN_DIGITS))


def levels_between(levels: list[float], gains: np.ndarray, number: int) -> list[float]:
    """Return further levels to measure: evenly spaced between the two around the break-even.

    There are none without a break-even. Parameters are those of `rise`.
    """
    found = rise(levels, gains)
    place = found.last_loss
    if place is None:
        return []
    between = np.linspace(found.levels[place], found.levels[place + 1], number + 2)[1:-1]
    return [round(float(level), LEVEL_DIGITS) for level in between]


def break_even(levels: list[float], gains: np.ndarray, *stream: int | str) -> Estimate | None:
    """Return the level from which denoising pays, or None if the gain does not turn positive.

    It has a 95% bootstrap interval over images only if it is resolved between two measured levels:
    the bootstrap interval of the gain lies below 0 at a level below it, and above 0 at one above
    it. Otherwise the gains around it may be chance, and so is its place.

    Parameters
    ----------
    levels : L noise levels, ascending.
    gains : (L, N), the gain for each of N images, the same images at every level.
    stream : the name of the random stream for the bootstrap.
    """
    level = rise(levels, gains.mean(axis=1)).crossing()
    if level is None:
        return None
    means = resampled(gains, *stream, "break even")
    low, high = np.percentile(means, [2.5, 97.5], axis=1)
    below, above = np.array(levels) <= level, np.array(levels) > level
    if not ((high < 0) & below).any() or not ((low > 0) & above).any():
        return Estimate(level)
    ends = np.percentile([_crossing(levels, resample) for resample in means.T], [2.5, 97.5])
    return Estimate(level, *(float(end) for end in ends))


def _crossing(levels: list[float], gains: np.ndarray) -> float:
    """Return the crossing, or the end of the levels beyond which it may lie."""
    found = rise(levels, gains)
    level = found.crossing()
    if level is None:
        return levels[-1] if found.gains[-1] <= 0 else levels[0]
    return level
