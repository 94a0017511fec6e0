"""How well a detector's outputs tell two classes apart: ROC, precision and recall, AUC."""

import numpy as np
import pandas as pd
from scipy.special import softmax
from sklearn.metrics import average_precision_score, precision_recall_curve, roc_auc_score
from sklearn.metrics import roc_curve as sklearn_roc_curve

from denoising.files.tables import METRIC_DIGITS
from denoising.seeding import generator

LOW_RATE = 0.01
POINTS = 500
POINTS_BY_CLASS = 100


def roc_curve(labels: np.ndarray, outputs: np.ndarray) -> pd.DataFrame:
    """Return the ROC curve: ``threshold``, ``false_positive_rate``, ``true_positive_rate``.

    Parameters
    ----------
    labels : int, (N,): 1 for a positive, 0 for a negative; both occur.
    outputs : (N,): an image counts as detected where its output is at least the threshold.

    Returns
    -------
    a row a threshold, from none detected (a threshold of infinity) to all.
    """
    false, true, thresholds = sklearn_roc_curve(labels, outputs, drop_intermediate=False)
    return pd.DataFrame(
        {"threshold": thresholds, "false_positive_rate": false, "true_positive_rate": true}
    )


def precision_recall(labels: np.ndarray, outputs: np.ndarray) -> pd.DataFrame:
    """Return precision and recall: ``threshold``, from the highest on, ``recall``, ``precision``.

    scikit-learn's last point, a precision of 1 at a recall of 0, is left out: no threshold has it.
    """
    precision, recall, thresholds = precision_recall_curve(labels, outputs)
    curve = {"threshold": thresholds, "recall": recall[:-1], "precision": precision[:-1]}
    return pd.DataFrame(curve).iloc[::-1].reset_index(drop=True)


def summary(
    labels: np.ndarray, outputs: np.ndarray, resamples: int, *stream: int | str
) -> dict[str, float | int]:
    """Summarise a detector.

    Returns
    -------
    ``auc`` with ``auc_low`` and ``auc_high``, its 95% bootstrap interval; ``average_precision``;
    ``eer``, the rate at which as many positives are missed as negatives are detected, between two
    thresholds by linear interpolation; ``youden_threshold``, where the rate of true positives is
    farthest above that of false ones, to six digits, and both rates there; ``tpr_at_1pct_fpr``,
    the most that is detected with at most 1% of the negatives; ``positives`` and ``negatives``,
    how many.
    """
    curve = roc_curve(labels, outputs)
    false, true = curve.false_positive_rate.to_numpy(), curve.true_positive_rate.to_numpy()
    # The first threshold is infinite; of equally good ones, the highest is taken.
    best = 1 + int(np.argmax(np.round(true - false, 12)[1:]))
    low, high = auc_interval(labels, outputs, resamples, *stream)
    return {
        "auc": float(roc_auc_score(labels, outputs)),
        "auc_low": low,
        "auc_high": high,
        "average_precision": float(average_precision_score(labels, outputs)),
        "eer": float(np.interp(0, false + true - 1, false)),
        "youden_threshold": _rounded_down(curve.threshold[best]),
        "youden_tpr": float(true[best]),
        "youden_fpr": float(false[best]),
        "tpr_at_1pct_fpr": float(true[false <= LOW_RATE].max()),
        "positives": int(labels.sum()),
        "negatives": int(len(labels) - labels.sum()),
    }


def _rounded_down(threshold: float) -> float:
    """Return a threshold to the digits of a metric, and not above it: it detects the same."""
    if not threshold:
        return 0.0
    step = 10.0 ** (np.floor(np.log10(abs(threshold))) - METRIC_DIGITS + 1)
    return float(f"{np.floor(threshold / step) * step:.{METRIC_DIGITS}g}")


def auc_interval(
    labels: np.ndarray, outputs: np.ndarray, resamples: int, *stream: int | str
) -> tuple[float, float]:
    """Return the 95% bootstrap interval (percentiles) of the AUC.

    Positives and negatives are resampled apart, so that no resample lacks a class. The AUC is the
    chance that a positive has the higher output, a tie counting half (Hanley and McNeil 1982,
    doi:10.1148/radiology.143.1.7063747); outputs are ranked once, and resamples are counts.
    """
    random = generator(*stream, "bootstrap")
    distinct, ranks = np.unique(outputs, return_inverse=True)
    positives, negatives = ranks[labels == 1], ranks[labels == 0]

    def counts(members: np.ndarray) -> np.ndarray:
        drawn = members[random.integers(0, len(members), len(members))]
        return np.bincount(drawn, minlength=len(distinct))

    areas = np.empty(resamples)
    for number in range(resamples):
        above, below = counts(positives), counts(negatives)
        lower = np.cumsum(below) - 0.5 * below
        areas[number] = above @ lower / (len(positives) * len(negatives))
    low, high = np.percentile(areas, [2.5, 97.5])
    return float(low), float(high)


def thinned(curve: pd.DataFrame, points: int = POINTS) -> pd.DataFrame:
    """Return at most about `points` rows of a curve, evenly along its length, with both ends."""
    xy = curve.iloc[:, -2:].to_numpy()
    along = np.concatenate([[0], np.cumsum(np.abs(np.diff(xy, axis=0)).sum(axis=1))])
    wanted = np.searchsorted(along, np.linspace(0, along[-1], points))
    return curve.iloc[np.unique([0, *np.minimum(wanted, len(along) - 1), len(along) - 1])]


def one_vs_rest(logits: np.ndarray, labels: np.ndarray, names: list[str]) -> pd.DataFrame:
    """Return the ROC curve of each class against all others, thinned for drawing.

    Parameters
    ----------
    logits : (N, K).
    labels : int, (N,), from 0 to K - 1. A class without an image has no curve.
    names : of the K classes.

    Returns
    -------
    ``class``, ``false_positive_rate``, ``true_positive_rate``.
    """
    probabilities = softmax(logits.astype(np.float64), axis=1)
    curves = [pd.DataFrame(columns=["class", "false_positive_rate", "true_positive_rate"])]
    for number, name in enumerate(names):
        members = (labels == number).astype(np.int64)
        if 0 < members.sum() < len(members):
            curve = thinned(roc_curve(members, probabilities[:, number]), POINTS_BY_CLASS)
            curves.append(curve.drop(columns="threshold").assign(**{"class": name}))
    return pd.concat(curves[1:] or curves)
