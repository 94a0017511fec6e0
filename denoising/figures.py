"""Pictures for people, drawn by Matplotlib with nothing in them that changes from run to run."""

import matplotlib

matplotlib.use("Agg")

import matplotlib.pyplot as plt
import numpy as np


def picture_rows(rows: dict[str, np.ndarray], notes: dict[str, list[str]] | None = None):
    """Draw the same images in several states, a row a state.

    Parameters
    ----------
    rows : title to images in [0, 1], (N, H, W, C) with C of 1 or 3.
    notes : title to a line under each image of that row.

    Returns
    -------
    a Matplotlib figure of 100 dots an inch.
    """
    notes = notes or {}
    number = len(next(iter(rows.values())))
    figure, axes = plt.subplots(
        len(rows), number, figsize=(number + 0.9, 1.12 * len(rows)), squeeze=False, dpi=100
    )
    for line, (title, images) in zip(axes, rows.items(), strict=True):
        for place, (axis, image) in enumerate(zip(line, images, strict=True)):
            axis.imshow(image.squeeze(), cmap="gray", vmin=0, vmax=1, interpolation="nearest")
            axis.set(xticks=[], yticks=[])
            if title in notes:
                axis.set_xlabel(notes[title][place], fontsize=7, labelpad=2)
        line[0].set_ylabel(title, rotation=0, ha="right", va="center", fontsize=10)
    figure.subplots_adjust(
        left=0.9 / (number + 0.9), right=0.995, top=0.995, bottom=0.03, wspace=0.04, hspace=0.08
    )
    return figure


def examples(labels: np.ndarray, number: int) -> np.ndarray:
    """Return the indices of `number` images: the first of each class in turn, then the second."""
    ranks = np.zeros(len(labels), dtype=int)
    for label in np.unique(labels):
        members = np.flatnonzero(labels == label)
        ranks[members] = np.arange(len(members))
    return np.lexsort((labels, ranks))[:number]
