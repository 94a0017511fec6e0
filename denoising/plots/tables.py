"""Tables for `dvc plots`: confusion matrices and histograms of scores."""

import numpy as np
import pandas as pd


def confusion(logits: np.ndarray, labels: np.ndarray, names: list[str]) -> pd.DataFrame:
    """Return a confusion matrix as a table.

    Parameters
    ----------
    logits : (N, K).
    labels : int, (N,), from 0 to K - 1.
    names : names of the K classes.

    Returns
    -------
    K² rows, one for each pair of classes: ``actual``, ``predicted``, ``images`` (their number) and
    ``percent`` (of the images of the actual class; 0 if it has none).
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
    """Return histograms with bins of equal width, whose edges are multiples of it.

    A bin includes its upper edge.

    Parameters
    ----------
    values : values, (N,), by the images that they belong to, for example ``noisy``.
    name : name of the column with the centres of the bins.

    Returns
    -------
    ``images`` (the keys of `values`), `name`, ``percent`` (of the values); the same bins for every
    key, from an empty one below the lowest value to an empty one above the highest.
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
