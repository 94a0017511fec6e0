"""ROC and precision-recall curves, and a detector's AUC and operating points."""

from typing import Any

import numpy as np
import pandas as pd
from scipy.optimize import brentq
from scipy.special import expit, logit, softmax
from scipy.stats import rankdata
from sklearn.metrics import average_precision_score, precision_recall_curve, roc_auc_score
from sklearn.metrics import roc_curve as sklearn_roc_curve

from denoising.files.tables import METRIC_DIGITS

LOW_RATE = 0.01
EDGE = 1e-9
Z = 1.959964  # the 97.5% quantile of the normal distribution
POINTS = 500
POINTS_BY_CLASS = 100
LONGEST = 20_000  # points of a curve that are averaged; of more, this many along it
RATES = ("false_positive_rate", "true_positive_rate")
MACRO = "macro average"


def roc_curve(labels: np.ndarray, outputs: np.ndarray) -> pd.DataFrame:
    """Return the ROC curve: ``threshold``, ``false_positive_rate``, ``true_positive_rate``.

    Parameters
    ----------
    labels : int, (N,), 1 for a positive and 0 for a negative; both must occur.
    outputs : (N,), perhaps infinite; an image is detected if its output is at least the threshold.

    Returns
    -------
    a row per threshold, from none detected (a threshold of infinity) to all.
    """
    distinct, ranks = _ranked(outputs)
    false, true, cuts = sklearn_roc_curve(labels, ranks, drop_intermediate=False)
    thresholds = np.r_[np.inf, distinct[cuts[1:].astype(int)]]
    return pd.DataFrame(
        {"threshold": thresholds, "false_positive_rate": false, "true_positive_rate": true}
    )


def _ranked(outputs: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the distinct outputs, ascending, and the place of each output among them.

    The places give the same curves, and may stand for infinite outputs, which scikit-learn refuses.
    """
    return np.unique(outputs, return_inverse=True)


def precision_recall(labels: np.ndarray, outputs: np.ndarray) -> pd.DataFrame:
    """Return the precision-recall curve: ``threshold``, descending, ``recall``, ``precision``.

    scikit-learn's last point, precision 1 at recall 0, is left out: no threshold reaches it.
    """
    distinct, ranks = _ranked(outputs)
    precision, recall, cuts = precision_recall_curve(labels, ranks)
    curve = {"threshold": distinct[cuts], "recall": recall[:-1], "precision": precision[:-1]}
    return pd.DataFrame(curve).iloc[::-1].reset_index(drop=True)


def summary(labels: np.ndarray, outputs: np.ndarray) -> dict[str, float | int]:
    """Summarise a detector.

    Parameters
    ----------
    labels : int, (N,), 1 for a positive and 0 for a negative; both must occur.
    outputs : (N,), higher for a more likely positive; they may be infinite.

    Returns
    -------
    ``auc`` with its 95% interval, ``auc_low`` and ``auc_high``; ``average_precision``;
    ``eer``, the equal error rate, interpolated linearly between two thresholds;
    ``youden_threshold``, which maximises Youden's index (true minus false positive rate), to six
    digits, NaN if it is infinite, with ``youden_tpr`` and ``youden_fpr``; ``tpr_at_1pct_fpr``, the
    highest true positive rate at a false positive rate of at most 1%; the numbers of ``positives``
    and ``negatives``.
    """
    curve, (_, ranks) = roc_curve(labels, outputs), _ranked(outputs)
    false, true = curve.false_positive_rate.to_numpy(), curve.true_positive_rate.to_numpy()
    # The first threshold is infinite. Of equally good ones, the highest is taken.
    best = 1 + int(np.argmax(np.round(true - false, 12)[1:]))
    low, high = auc_interval(labels, outputs)
    return {
        "auc": float(roc_auc_score(labels, ranks)),
        "auc_low": low,
        "auc_high": high,
        "average_precision": float(average_precision_score(labels, ranks)),
        "eer": float(np.interp(0, false + true - 1, false)),
        "youden_threshold": _rounded_down(curve.threshold[best]),
        "youden_tpr": float(true[best]),
        "youden_fpr": float(false[best]),
        "tpr_at_1pct_fpr": float(true[false <= LOW_RATE].max()),
        "positives": int(labels.sum()),
        "negatives": int(len(labels) - labels.sum()),
    }


def _rounded_down(threshold: float) -> float:
    """Round a threshold down to the digits of a metric, so that it detects the same images.

    An infinite threshold, which neither JSON nor CSV can hold, becomes NaN.
    """
    if np.isinf(threshold):
        return np.nan
    if not threshold:
        return 0.0
    step = 10.0 ** (np.floor(np.log10(abs(threshold))) - METRIC_DIGITS + 1)
    return float(f"{np.floor(threshold / step) * step:.{METRIC_DIGITS}g}")


def auc_interval(labels: np.ndarray, outputs: np.ndarray) -> tuple[float, float]:
    """Return a 95% interval of the AUC: the hull of two, each sound where the other is not.

    The AUC is the probability that a positive has a higher output than a negative, ties counting
    half. One interval inverts a test with Hanley and McNeil's variance, made symmetric (method 5 of
    Newcombe 2006, doi:10.1002/sim.2324): it holds for few images and for an AUC of 0 or 1, but
    assumes that positives and negatives spread alike. The other is DeLong's (1988,
    doi:10.2307/2531595) on the logit scale, which assumes nothing about the spread, but needs at
    least two of each.

    Simulated with normal outputs, the hull covers the AUC in at least 94% of samples, except with
    at most five positives that spread twice as much as the negatives, where it may be 85%.
    """
    ranks = rankdata(outputs)
    positives, negatives = labels == 1, labels != 1
    m, n = int(positives.sum()), int(negatives.sum())
    # For each positive the fraction of negatives below it; for each negative, of positives above.
    below = (ranks[positives] - rankdata(outputs[positives])) / n
    above = 1 - (ranks[negatives] - rankdata(outputs[negatives])) / m
    area = float(below.mean())
    low, high = _score_interval(area, m, n)
    if min(m, n) > 1 and 0 < area < 1:
        error = np.sqrt(below.var(ddof=1) / m + above.var(ddof=1) / n)
        half = Z * error / (area * (1 - area))
        low = min(low, float(expit(logit(area) - half)))
        high = max(high, float(expit(logit(area) + half)))
    return low, high


def _score_interval(area: float, m: int, n: int) -> tuple[float, float]:
    """Return method 5 of Newcombe (2006) for an AUC of `m` positives and `n` negatives."""
    pairs = (m + n) / 2 - 1

    def excess(limit: float) -> float:
        """Squared distance from the AUC, minus that which a limit of the interval has."""
        spread = 1 + pairs * (1 - limit) / (2 - limit) + pairs * limit / (1 + limit)
        return (limit - area) ** 2 - Z**2 * limit * (1 - limit) * spread / (m * n)

    # At an AUC of 0 or 1 it is a root itself; the other one is sought.
    low: Any = brentq(excess, 0, min(area, 1 - EDGE)) if area > 0 else 0.0
    high: Any = brentq(excess, max(area, EDGE), 1) if area < 1 else 1.0
    return float(low), float(high)


def thinned(curve: pd.DataFrame, points: int = POINTS) -> pd.DataFrame:
    """Return at most about `points` rows of a curve, evenly spaced along it, with both ends."""
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
            curve = roc_curve(members, probabilities[:, number]).drop(columns="threshold")
            curves[name] = curve if len(curve) <= LONGEST else thinned(curve, LONGEST)
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
