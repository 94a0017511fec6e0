"""Calibration: the expected calibration error with its uncertainty, and temperature scaling."""

from collections.abc import Callable

import numpy as np
import pandas as pd
from scipy.optimize import minimize_scalar
from scipy.special import log_softmax, softmax

from denoising.evaluation.intervals import RESAMPLES, Estimate
from denoising.evaluation.scores import correct
from denoising.seeding import generator

BINS = 15
NORMAL_95 = 1.96  # standard deviations on either side of a normal interval
DRAWS = 1_000_000  # random values drawn at a time
RANGE = (0.05, 20.0)  # of the temperature; only uninformative logits would go beyond


def fit_temperature(logits: np.ndarray, labels: np.ndarray) -> float:
    """Return the temperature that minimises the negative log-likelihood of the labels.

    Temperature scaling (Guo et al. 2017, arXiv:1706.04599) divides the logits by it: more than 1
    for an overconfident classifier; predicted classes do not change. As in Platt scaling (1999),
    labels are smoothed to a probability of (N + 1) / (N + 2); otherwise N images without an error
    would call for certainty. `logits` have the shape (N, classes), `labels` (N,).
    """
    doubt = 1 / (len(labels) + 2)

    def loss(log_temperature: float) -> float:
        logs = log_softmax(logits.astype(np.float64) / np.exp(log_temperature), axis=1)
        right = logs[np.arange(len(labels)), labels]
        return -((1 - doubt) * right + doubt * logs.mean(axis=1)).mean()

    found = minimize_scalar(loss, bounds=np.log(RANGE), method="bounded")
    return float(np.exp(found.x))


def reliability(logits: np.ndarray, labels: np.ndarray) -> pd.DataFrame:
    """Return a reliability table: one row for each non-empty bin of 15 equal-width confidence bins.

    Returns
    -------
    ``confidence`` and ``accuracy``, averaged over the images in the bin, and ``images``, their
    number.
    """
    confidence, bins = _confidence(logits)
    table = pd.DataFrame(
        {"bin": bins, "confidence": confidence, "accuracy": correct(logits, labels)}
    ).groupby("bin")
    return table.mean().assign(images=table.size()).reset_index(drop=True)


def ece(logits: np.ndarray, labels: np.ndarray) -> float:
    """Return the expected calibration error, from 0 to 1 (Guo et al. 2017).

    The absolute difference between confidence and accuracy in each bin of `reliability`, averaged
    with the number of images in the bin as weight. It is above 0 for a perfectly calibrated model
    too, see `perfect_ece`.
    """
    confidence, bins = _confidence(logits)
    gaps = confidence - correct(logits, labels)
    return float(_errors(bins[None], gaps[None])[0])


def ece_estimate(logits: np.ndarray, labels: np.ndarray, *stream: int | str) -> Estimate:
    """Return the expected calibration error with its 95% interval over images.

    The interval is normal, with the bootstrap's standard error: the percentiles of the bootstrap
    would lie too high, as each resample adds chance of its own to every bin. It is about the error
    that as many other images would show, which chance raises; compare it with `perfect_ece`.
    `stream` names the random stream.
    """
    confidence, bins = _confidence(logits)
    gaps = confidence - correct(logits, labels)

    def drawn(random: np.random.Generator, size: tuple[int, int]) -> np.ndarray:
        places = random.integers(0, len(gaps), size)
        return _errors(bins[places], gaps[places])

    value = ece(logits, labels)
    reach = NORMAL_95 * float(np.std(_simulated(drawn, len(gaps), *stream, "ece")))
    return Estimate(value, max(0.0, value - reach), min(1.0, value + reach))


def perfect_ece(logits: np.ndarray, *stream: int | str) -> Estimate:
    """Return the calibration error that a perfectly calibrated model would have on these images.

    Each prediction is right with the probability of its confidence; the mean, and the range of 95%,
    of 1,000 simulations (the consistency resampling of Bröcker and Smith 2007,
    doi:10.1175/WAF993.1). `logits` have the shape (N, classes).
    """
    confidence, bins = _confidence(logits)

    def drawn(random: np.random.Generator, size: tuple[int, int]) -> np.ndarray:
        right = random.random(size) < confidence
        return _errors(np.broadcast_to(bins, size), confidence - right)

    found = _simulated(drawn, len(confidence), *stream, "perfect ece")
    return Estimate(float(found.mean()), *map(float, np.percentile(found, [2.5, 97.5])))


def _confidence(logits: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the confidence of each prediction, (N,), and its bin."""
    confidence = softmax(logits.astype(np.float64), axis=1).max(axis=1)
    return confidence, np.minimum((confidence * BINS).astype(int), BINS - 1)


def _errors(bins: np.ndarray, gaps: np.ndarray) -> np.ndarray:
    """Return the calibration error of each of R draws of N images, (R,).

    `bins` and `gaps`, confidence minus 1 or 0 for right or wrong, have the shape (R, N).
    """
    draws, images = gaps.shape
    places = (np.arange(draws)[:, None] * BINS + bins).ravel()
    sums = np.bincount(places, gaps.ravel(), minlength=draws * BINS).reshape(draws, BINS)
    return np.abs(sums).sum(axis=1) / images


def _simulated(
    drawn: Callable[[np.random.Generator, tuple[int, int]], np.ndarray],
    images: int,
    *stream: int | str,
) -> np.ndarray:
    """Return `RESAMPLES` calibration errors, made in blocks that fit into memory."""
    random, most = generator(*stream), max(1, DRAWS // images)
    sizes = [min(most, RESAMPLES - start) for start in range(0, RESAMPLES, most)]
    return np.concatenate([drawn(random, (size, images)) for size in sizes])
