"""Matplotlib figures, the same in every run."""

from typing import Any

import matplotlib

matplotlib.use("Agg")

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import LogLocator, MaxNLocator, NullLocator

from denoising.plots.colours import CURVES, SERIES, STATES

DISTRIBUTIONS = STATES | {"gain": SERIES[0]}
"""Colours of the scores of images in each state, and of what denoising gained."""

Note = tuple[str, bool]
"""A line under an image, and whether it is correct; it is red if not."""


def picture_rows(
    rows: dict[str, np.ndarray], notes: dict[str, list[Note]] | None = None, inches: float = 1
) -> Figure:
    """Draw images in rows, for example one row for each state of the same images.

    Parameters
    ----------
    rows : by title, images in [0, 1], (N, H, W, C), C 1 or 3.
    notes : by title, a note for each image of that row.
    inches : width of an image.

    Returns
    -------
    a figure at 100 dots per inch.
    """
    notes = notes or {}
    number = max(len(images) for images in rows.values())
    heights = [inches + (0.25 if title in notes else 0.05) for title in rows]
    figure, axes = plt.subplots(
        len(rows),
        number,
        figsize=(inches * number + 1.1, sum(heights) + 0.1),
        height_ratios=heights,
        squeeze=False,
        dpi=100,
    )
    for line, (title, images) in zip(axes, rows.items(), strict=True):
        for axis in line[len(images) :]:
            axis.axis("off")
        for place, (axis, image) in enumerate(zip(line, images, strict=False)):
            axis.imshow(image.squeeze(), cmap="gray", vmin=0, vmax=1, interpolation="nearest")
            axis.set(xticks=[], yticks=[], anchor="N")
            if title in notes:
                text, good = notes[title][place]
                colour = "black" if good else "#c0182b"
                axis.set_xlabel(text, fontsize=8, labelpad=2, color=colour)
        line[0].set_ylabel(title, rotation=0, ha="right", va="center", fontsize=10)
    left = 1.1 / (inches * number + 1.1)
    figure.subplots_adjust(left=left, right=0.995, top=0.99, bottom=0.02, wspace=0.06, hspace=0.06)
    return figure


def curves(history: pd.DataFrame, scores: dict[str, pd.DataFrame]) -> Figure:
    """Draw the losses of a training, and the distributions of the scores of its images.

    Parameters
    ----------
    history : ``epoch``, ``loss`` and ``val_loss``.
    scores : by label, a table from `denoising.plots.tables.histogram`; its images are keys of
        `DISTRIBUTIONS`.

    Returns
    -------
    a figure at 100 dots per inch, with a panel for the losses and one for each score.
    """
    figure, axes = plt.subplots(
        1, 1 + len(scores), figsize=(3.2 * (1 + len(scores)), 2.8), dpi=100, layout="constrained"
    )
    _losses(axes[0], history)
    for axis, (label, table) in zip(axes[1:], scores.items(), strict=True):
        for images, part in table.groupby("images", sort=False):
            colour = DISTRIBUTIONS[str(images)].light
            centres = part.iloc[:, 1]
            axis.fill_between(
                centres, part["percent"], step="mid", alpha=0.5, label=images, color=colour
            )
        axis.set(xlabel=label, ylabel="test images (%)", ylim=(0, None))
    for axis in axes[:2]:
        axis.legend(frameon=False)
    return figure


def _losses(axis: Axes, history: pd.DataFrame) -> None:
    """Draw the losses by epoch on a logarithmic scale, with labels that do not overlap."""
    for key, title in (("loss", "training"), ("val_loss", "validation")):
        colour = CURVES[title].light
        axis.plot(history["epoch"], history[key], marker=".", label=title, color=colour)
    axis.set(xlabel="epoch", ylabel="loss", yscale="log")
    epochs: Any = axis.xaxis.get_major_locator()
    epochs.set_params(integer=True)
    losses = history[["loss", "val_loss"]]
    if losses.max(axis=None) < 10 * losses.min(axis=None):
        axis.yaxis.set_major_locator(MaxNLocator(5))
        axis.yaxis.set_minor_locator(NullLocator())
    else:
        axis.yaxis.set_minor_locator(LogLocator(subs=(2, 5)))
        axis.yaxis.set_minor_formatter("{x:g}")
    axis.yaxis.set_major_formatter("{x:g}")


def distributions(values: dict[str, np.ndarray], label: str = "output of the detector") -> Figure:
    """Draw overlaid histograms of several sets of values, by title; infinite ones are counted."""
    finite = {title: numbers[np.isfinite(numbers)] for title, numbers in values.items()}
    figure, axis = plt.subplots(figsize=(6, 3), dpi=100, layout="constrained")
    bins = np.histogram_bin_edges(np.concatenate(list(finite.values())), bins=40).tolist()
    for (title, numbers), colour in zip(finite.items(), SERIES, strict=False):
        number = len(values[title])
        infinite = f", {number - len(numbers)} infinite" if len(numbers) < number else ""
        counted = f"{title} ({number}{infinite})"
        axis.hist(numbers, bins=bins, alpha=0.6, label=counted, color=colour.light)
    axis.set(xlabel=label, ylabel="number")
    figure.legend(loc="outside right upper", frameon=False)
    return figure


def verdicts(logits: np.ndarray, labels: np.ndarray, names: list[str]) -> list[Note]:
    """Return the predicted class of each image, and whether it is correct."""
    taken = logits.argmax(axis=1)
    return [(names[one], bool(one == label)) for one, label in zip(taken, labels, strict=True)]


def method_noise(noisy: np.ndarray, denoised: np.ndarray) -> np.ndarray:
    """Return the part that a denoiser removed, centred on grey: 0.5 + (noisy - denoised) / 2.

    It should look like noise; any structure of the image in it was lost (Buades et al. 2005,
    doi:10.1137/040616024).
    """
    return 0.5 + (noisy - denoised) / 2


def examples(labels: np.ndarray, number: int) -> np.ndarray:
    """Return the indices of `number` images: the first of each class in turn, then the second."""
    ranks = np.zeros(len(labels), dtype=int)
    for label in np.unique(labels):
        members = np.flatnonzero(labels == label)
        ranks[members] = np.arange(len(members))
    return np.lexsort((labels, ranks))[:number]
