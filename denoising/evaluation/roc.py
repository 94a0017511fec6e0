"""ROC and precision-recall curves, and a detector's AUC and operating points."""

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
RATES = ("false_positive_rate", "true_positive_rate")
MACRO = "macro average"


def roc_curve(labels: np.ndarray, outputs: np.ndarray) -> pd.DataFrame:
    """Return the ROC curve: ``threshold``, ``false_positive_rate``, ``true_positive_rate``.

    Parameters
    ----------
    labels : int, (N,), 1 for a positive and 0 for a negative; both must occur.
    outputs : (N,); an image is detected if its output is at least the threshold.

    Returns
    -------
    a row per threshold, from none detected (a threshold of infinity) to all.
    """
    false, true, thresholds = sklearn_roc_curve(labels, outputs, drop_intermediate=False)
    return pd.DataFrame(
        {"threshold": thresholds, "false_positive_rate": false, "true_positive_rate": true}
    )


def precision_recall(labels: np.ndarray, outputs: np.ndarray) -> pd.DataFrame:
    """Return the precision-recall curve: ``threshold``, descending, ``recall``, ``precision``.

    scikit-learn's last point, precision 1 at recall 0, is left out: no threshold reaches it.
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
    ``auc`` with its 95% bootstrap interval, ``auc_low`` and ``auc_high``; ``average_precision``;
    ``eer``, the equal error rate, interpolated linearly between two thresholds;
    ``youden_threshold``, which maximises Youden's index (true minus false positive rate), to six
    digits, with ``youden_tpr`` and ``youden_fpr``; ``tpr_at_1pct_fpr``, the highest true positive
    rate at a false positive rate of at most 1%; the numbers of ``positives`` and ``negatives``.
    """
    curve = roc_curve(labels, outputs)
    false, true = curve.false_positive_rate.to_numpy(), curve.true_positive_rate.to_numpy()
    # The first threshold is infinite. Of equally good ones, the highest is taken.
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
    """Round a threshold down to the digits of a metric, so that it detects the same images."""
    if not threshold:
        return 0.0
    step = 10.0 ** (np.floor(np.log10(abs(threshold))) - METRIC_DIGITS + 1)
    return float(f"{np.floor(threshold / step) * step:.{METRIC_DIGITS}g}")


def auc_interval(
    labels: np.ndarray, outputs: np.ndarray, resamples: int, *stream: int | str
) -> tuple[float, float]:
    """Return the 95% bootstrap interval (percentiles) of the AUC.

    Positives and negatives are resampled separately, so that no resample lacks a class. The AUC is
    the probability that a positive has a higher output than a negative, ties counting half (Hanley
    and McNeil 1982, doi:10.1148/radiology.143.1.7063747); outputs are ranked once, and a resample
    is a count of each rank.
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
    """Return about `points` rows of a curve at most, evenly spaced along it, with both ends."""
    xy = curve.iloc[:, -2:].to_numpy()
    along = np.concatenate([[0], np.cumsum(np.abs(np.diff(xy, axis=0)).sum(axis=1))])
    wanted = np.searchsorted(along, np.linspace(0, along[-1], points))
    return curve.iloc[np.unique([0, *np.minimum(wanted, len(along) - 1), len(along) - 1])]


def one_vs_rest(logits: np.ndarray, labels: np.ndarray, names: list[str]) -> pd.DataFrame:
    """Return the ROC curve of each class against all others, and their average, for drawing.

    The macro average comes first: at each false positive rate, the mean of the true positive rates,
    interpolated linearly.

    Parameters
    ----------
    logits : (N, K).
    labels : int, (N,), from 0 to K - 1. A class without images has no curve.
    names : names of the K classes.

    Returns
    -------
    ``class`` (`MACRO` for the average), ``false_positive_rate``, ``true_positive_rate``.
    """
    probabilities = softmax(logits.astype(np.float64), axis=1)
    curves = {}
    for number, name in enumerate(names):
        members = (labels == number).astype(np.int64)
        if 0 < members.sum() < len(members):
            curves[name] = roc_curve(members, probabilities[:, number]).drop(columns="threshold")
    if not curves:
        return pd.DataFrame(columns=pd.Index(["class", *RATES]))
    drawn = {MACRO: macro_average(list(curves.values()))} | curves
    thin = {name: thinned(curve, POINTS_BY_CLASS) for name, curve in drawn.items()}
    return pd.concat(thin, names=["class"]).reset_index("class")


def macro_average(curves: list[pd.DataFrame]) -> pd.DataFrame:
    """Return the mean of ROC curves at every false positive rate at which one of them steps."""
    false = np.unique(np.concatenate([curve[RATES[0]] for curve in curves]))
    true = np.mean([_reached(curve, false) for curve in curves], axis=0)
    ends = {RATES[0]: np.r_[0.0, false], RATES[1]: np.r_[0.0, true]}
    return pd.DataFrame(ends)


def _reached(curve: pd.DataFrame, false: np.ndarray) -> np.ndarray:
    """Return the highest true positive rate of a curve at these false positive rates."""
    highest = curve.groupby(RATES[0])[RATES[1]].max()
    return np.interp(false, highest.index, highest)
