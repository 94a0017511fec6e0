"""Calibration: the expected calibration error, and temperature scaling."""

import numpy as np
import pandas as pd
from scipy.optimize import minimize_scalar
from scipy.special import log_softmax, softmax

from denoising.evaluation.scores import correct

BINS = 15
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
    confidence = softmax(logits.astype(np.float64), axis=1).max(axis=1)
    table = pd.DataFrame(
        {
            "bin": np.minimum((confidence * BINS).astype(int), BINS - 1),
            "confidence": confidence,
            "accuracy": correct(logits, labels),
        }
    )
    bins = table.groupby("bin")
    return bins.mean().assign(images=bins.size()).reset_index(drop=True)


def ece(logits: np.ndarray, labels: np.ndarray) -> float:
    """Return the expected calibration error, from 0 to 1 (Guo et al. 2017).

    The absolute difference between confidence and accuracy in each bin of `reliability`, averaged
    with the number of images in the bin as weight.
    """
    bins = reliability(logits, labels)
    gaps = (bins["confidence"] - bins["accuracy"]).abs()
    return float((gaps * bins["images"]).sum() / len(labels))
