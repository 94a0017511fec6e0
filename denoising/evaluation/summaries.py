"""Averages of scores over images, with intervals.

`stream` names the random stream of the bootstrap, see `denoising.seeding.generator`.
"""

from collections.abc import Callable, Iterable

import numpy as np

from denoising.evaluation import scores
from denoising.evaluation.calibration import ece_estimate, perfect_ece
from denoising.evaluation.intervals import (
    Estimate,
    mcnemar,
    mean,
    paired_difference,
    proportion,
)
from denoising.images import as_float
from denoising.inference.blocks import blocks

IMAGE_SCORES = (scores.psnr, scores.ssim, scores.mae, scores.mse, scores.bce)
GAINS = ("psnr", "ssim")
UNEQUAL = 2
"""Classes are unequal if the largest has at least this many times the images of the smallest."""

Measures = dict[str, Estimate]
"""Measures of an arm, by name."""


def accuracies(right: np.ndarray, labels: np.ndarray, *stream: int | str) -> Measures:
    """Return ``accuracy``, and ``balanced_accuracy`` if the classes are unequal.

    Balanced accuracy is the average over the classes that occur of the fraction of their images
    that are right. `right` is 1 or 0 for each image, (N,); `labels` are its classes, (N,).
    """
    found = {"accuracy": proportion(right)}
    present, classes, counts = np.unique(labels, return_inverse=True, return_counts=True)
    if counts.max() >= UNEQUAL * counts.min():
        weights = len(labels) / (len(present) * counts)
        found["balanced_accuracy"] = mean(right * weights[classes], *stream)
    return found


def classification(logits: np.ndarray, labels: np.ndarray, *stream: int | str) -> Measures:
    """Summarise an arm: its accuracies, ``nll`` (negative log-likelihood, nats) and ``ece``.

    ``ece_perfect`` is the calibration error of a perfectly calibrated model on as many images.
    `logits` have the shape (N, classes), `labels` (N,).
    """
    return {
        **accuracies(scores.correct(logits, labels), labels, *stream),
        "nll": mean(scores.nll(logits, labels), *stream),
        "ece": ece_estimate(logits, labels, *stream),
        "ece_perfect": perfect_ece(logits, *stream),
    }


def difference(logits: np.ndarray, others: np.ndarray, labels: np.ndarray) -> Measures:
    """Compare two arms on the same images, the first minus the second.

    Returns
    -------
    ``accuracy``, the difference with its paired interval, and ``mcnemar_p``, the p-value of the
    exact McNemar test.
    """
    first, second = (scores.correct(one, labels) for one in (logits, others))
    return {
        "accuracy": paired_difference(first, second),
        "mcnemar_p": Estimate(mcnemar(first, second)),
    }


def restoration(
    after: dict[str, np.ndarray], before: dict[str, np.ndarray] | None, *stream: int | str
) -> Measures:
    """Summarise images: the average of each score, and the gains in PSNR (dB) and SSIM.

    ``psnr`` is the mean of the images' PSNRs, each in dB, not the PSNR of the mean squared error.

    Parameters
    ----------
    after : the `image_scores` of the images.
    before : those of the noisy images that they were restored from; None for noisy images.
    """
    found = {name: mean(values, *stream) for name, values in after.items()}
    if before:
        for name in GAINS:
            found[f"{name}_gain"] = mean(after[name] - before[name], *stream)
    return found


def columns(measures: Measures) -> dict[str, float]:
    """Return measures as one row: ``NAME``, ``NAME_low`` and ``NAME_high`` for each."""
    row = {}
    for name, estimate in measures.items():
        row |= estimate.columns(name)
    return row


def image_scores(
    clean: np.ndarray, images: np.ndarray, extra: Iterable[Callable] = ()
) -> dict[str, np.ndarray]:
    """Return ``psnr``, ``ssim``, ``mae``, ``mse`` and ``bce``, (N,) each.

    Parameters
    ----------
    clean, images : as stored or as floats in [0, 1], (N, H, W, C); read block by block.
    extra : further functions of `denoising.evaluation.scores`.
    """
    wanted = (*IMAGE_SCORES, *extra)
    found = {score.__name__: [] for score in wanted}
    for part in blocks(clean.shape):
        true, image = as_float(clean[part]), np.clip(as_float(images[part]), 0, 1)
        for score in wanted:
            found[score.__name__].append(score(true, image))
    return {name: np.concatenate(values) for name, values in found.items()}
