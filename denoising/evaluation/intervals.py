"""Estimates with their 95% intervals."""

from typing import NamedTuple

import numpy as np

from denoising.seeding import generator

RESAMPLES = 1000


class Estimate(NamedTuple):
    """A value and the ends of its 95% interval; None for the ends if it has no interval."""

    value: float
    low: float | None = None
    high: float | None = None

    def columns(self, name: str) -> dict[str, float]:
        """Return ``name``, and ``name_low`` and ``name_high`` if there is an interval."""
        ends = {f"{name}_low": self.low, f"{name}_high": self.high}
        return {name: self.value} | {key: end for key, end in ends.items() if end is not None}


def mean(values: np.ndarray, *stream: int | str) -> Estimate:
    """Return the average of `values`, (N,), with its bootstrap interval (percentiles).

    To compare two arms on the same images, pass their differences: the resampling is then paired.
    `stream` names the random stream, see `denoising.seeding.generator`.
    """
    random = generator(*stream, "bootstrap")
    means = [values[random.integers(0, len(values), len(values))].mean() for _ in range(RESAMPLES)]
    low, high = np.percentile(means, [2.5, 97.5])
    return Estimate(float(values.mean()), float(low), float(high))


def resampled(values: np.ndarray, *stream: int | str) -> np.ndarray:
    """Return the means of rows of values of N images, (L, N), in 1,000 resamples of the images.

    They have the shape (L, 1000). Every row, and every array of as many images, has the same
    resamples: what is compared is paired. `stream` is as in `mean`.
    """
    random, number = generator(*stream, "bootstrap"), values.shape[1]
    found = np.empty((len(values), RESAMPLES))
    for place in range(RESAMPLES):
        times = np.bincount(random.integers(0, number, number), minlength=number)
        found[:, place] = values @ times.astype(np.float64) / number
    return found


def wilson(successes: float, number: int) -> tuple[float, float]:
    """Return Wilson's score interval of a proportion, which has a width at 0 and 1 too.

    Wilson 1927 (doi:10.1080/01621459.1927.10502953). `successes` is out of `number`, at least 1.
    """
    from scipy.stats import binomtest  # takes a second to import, and tables of a run do without

    found = binomtest(round(successes), number).proportion_ci(method="wilson")
    return float(found.low), float(found.high)


def proportion(right: np.ndarray) -> Estimate:
    """Return the fraction of 1s in `right`, (N,), with Wilson's interval."""
    return Estimate(float(right.mean()), *wilson(right.sum(), len(right)))


def paired_difference(first: np.ndarray, second: np.ndarray) -> Estimate:
    """Return the difference of two proportions on the same images, first minus second.

    The interval is method 10 of Newcombe 1998 (Statistics in Medicine 17:2635-2650): Wilson's two
    intervals, combined with the correlation of the two, which has a continuity correction. `first`
    and `second` are 1 or 0 for each image, (N,).
    """
    p, q = float(first.mean()), float(second.mean())
    p_low, p_high = wilson(first.sum(), len(first))
    q_low, q_high = wilson(second.sum(), len(second))
    correlation = _correlation(first, second)

    def reach(rise: float, fall: float) -> float:
        return float(np.sqrt(rise**2 - 2 * correlation * rise * fall + fall**2))

    difference = p - q
    low = difference - reach(p - p_low, q_high - q)
    high = difference + reach(p_high - p, q - q_low)
    return Estimate(difference, low, high)


def mcnemar(first: np.ndarray, second: np.ndarray) -> float:
    """Return the p-value of the exact McNemar test that two arms are right equally often.

    McNemar 1947 (doi:10.1007/BF02295996): of the images that only one arm gets right, each is as
    likely to be the one arm's as the other's; two-sided. `first` and `second` are 1 or 0 for each
    image, (N,). It is 1 where no image tells the arms apart.
    """
    from scipy.stats import binomtest

    only_first = round(float((first * (1 - second)).sum()))
    only_second = round(float((second * (1 - first)).sum()))
    number = only_first + only_second
    return float(binomtest(only_first, number).pvalue) if number else 1.0


def _correlation(first: np.ndarray, second: np.ndarray) -> float:
    """Return Newcombe's corrected phi coefficient of paired 0/1 values, (N,); 0 if undefined."""
    number = len(first)
    both, neither = float((first * second).sum()), float(((1 - first) * (1 - second)).sum())
    one, other = float(first.sum()), float(second.sum())
    scale = np.sqrt(one * (number - one) * other * (number - other))
    if scale == 0:
        return 0.0
    covariance = both * neither - (one - both) * (other - both)
    if covariance > 0:
        covariance = max(covariance - number / 2, 0.0)
    return float(covariance / scale)
