"""How far the confidence of a classifier is to be believed, and how to mend it."""

import numpy as np
import pandas as pd
from scipy.optimize import minimize_scalar
from scipy.special import log_softmax, softmax

from denoising.evaluation.scores import correct

BINS = 15
RANGE = (0.05, 20.0)  # temperatures beyond are those of verdicts without any information


def fit_temperature(logits: np.ndarray, labels: np.ndarray) -> float:
    """Return what to divide logits by for the least negative log-likelihood of the labels.

    Temperature scaling (Guo et al. 2017, arXiv:1706.04599): above 1 where the classifier is too
    sure of itself; no verdict changes. As in Platt's scaling (1999) a label counts as right with
    the chance (N + 1) / (N + 2), or N images without a mistake would ask for certainty. `logits`
    are (N, classes), `labels` (N,).
    """
    doubt = 1 / (len(labels) + 2)

    def loss(log_temperature: float) -> float:
        logs = log_softmax(logits.astype(np.float64) / np.exp(log_temperature), axis=1)
        right = logs[np.arange(len(labels)), labels]
        return -((1 - doubt) * right + doubt * logs.mean(axis=1)).mean()

    found = minimize_scalar(loss, bounds=np.log(RANGE), method="bounded")
    return float(np.exp(found.x))


def reliability(logits: np.ndarray, labels: np.ndarray) -> pd.DataFrame:
    """Return a row for each of 15 equally wide bins of confidence that has images.

    Returns
    -------
    ``confidence`` and ``accuracy``, the averages of the images of the bin, and ``images``, their
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

    It is the distance between confidence and accuracy of a bin of `reliability`, averaged over the
    images.
    """
    bins = reliability(logits, labels)
    gaps = (bins["confidence"] - bins["accuracy"]).abs()
    return float((gaps * bins["images"]).sum() / len(labels))
