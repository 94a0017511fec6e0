"""Distillation: targets from another classifier's probabilities, beside the labels.

After Hinton et al. 2015 (arXiv:1503.02531), at temperature 1: the cross-entropy with the mixture of
a label and the teacher's probabilities is the mixture of both cross-entropies.
"""

import numpy as np
from scipy.special import softmax

BLOCK = 100_000  # rows


def distilled(logits: np.ndarray, labels: np.ndarray, weight: float) -> np.ndarray:
    """Return the targets of a classifier, ``float32``, (N, classes).

    Parameters
    ----------
    logits : of the teacher, (N, classes).
    labels : (N,).
    weight : of the teacher's probabilities, from 0 to 1.
    """
    targets, known = np.empty(logits.shape, np.float32), np.eye(logits.shape[1])
    for start in range(0, len(logits), BLOCK):
        part = slice(start, start + BLOCK)
        taught = softmax(logits[part].astype(np.float64), axis=1)
        targets[part] = weight * taught + (1 - weight) * known[labels[part]]
    return targets
