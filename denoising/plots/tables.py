"""Tables that `dvc plots` draws: what was taken for what, and how a score is distributed."""

import numpy as np
import pandas as pd


def confusion(logits: np.ndarray, labels: np.ndarray, names: list[str]) -> pd.DataFrame:
    """Count what images of each class are taken for.

    Parameters
    ----------
    logits : (N, K).
    labels : int, (N,), from 0 to K - 1.
    names : of the K classes.

    Returns
    -------
    a row a pair of classes, K² of them: ``actual``, ``predicted``, ``images``, and ``percent``, the
    percentage of the images of the actual class (0 where it has none).
    """
    kinds = len(names)
    pairs = labels * kinds + logits.argmax(axis=1)
    counts = np.bincount(pairs, minlength=kinds * kinds).reshape(kinds, kinds)
    percent = 100 * counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    return pd.DataFrame(
        {
            "actual": np.repeat(names, kinds),
            "predicted": np.tile(names, kinds),
            "images": counts.ravel(),
            "percent": percent.ravel(),
        }
    )


def histogram(values: dict[str, np.ndarray], name: str, width: float) -> pd.DataFrame:
    """Count values in bins of equal width whose edges are multiples of it; the upper one belongs.

    Parameters
    ----------
    values : what the values are of, for example ``noisy``, to the values, (N,).
    name : of the column of the bins' middles.

    Returns
    -------
    ``images`` (the keys of `values`), `name`, ``percent`` (percentage of the values); the same bins
    for every key, from the empty one below the lowest value to the empty one above the highest.
    """
    bins = {key: np.ceil(numbers / width).astype(int) - 1 for key, numbers in values.items()}
    first = min(numbers.min() for numbers in bins.values()) - 1
    last = max(numbers.max() for numbers in bins.values()) + 1
    middles = (np.arange(first, last + 1) + 0.5) * width
    return pd.concat(
        pd.DataFrame(
            {
                "images": key,
                name: middles,
                "percent": 100
                * np.bincount(numbers - first, minlength=len(middles))
                / len(numbers),
            }
        )
        for key, numbers in bins.items()
    )
