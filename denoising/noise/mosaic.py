"""The Bayer mosaic of a camera's sensor, and its interpolation to colours (demosaicing).

Interpolation is bilinear, or that of Malvar, He and Cutler 2004 (doi:10.1109/ICASSP.2004.1326587).
Both are linear in the samples, so that noise can be interpolated alone.
"""

from functools import cache
from typing import Literal

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

Interpolation = Literal["bilinear", "malvar"]
Phase = tuple[int, int]
"""Row and column, 0 or 1, of the picture's first pixel in the pattern red green, green blue."""

RED, GREEN, BLUE = range(3)
MARGIN = 2  # pixels around a site from which it is interpolated
SIDE = 2 + 2 * MARGIN  # of the window from which 2×2 pixels are interpolated

# Weights of the samples around a site: of green at red and blue sites; of a colour at green sites
# with that colour in their row; of red at blue sites, and the reverse. Those at green sites with
# the colour in their column are the transposed ones.
KERNELS: dict[Interpolation, tuple[np.ndarray, np.ndarray, np.ndarray]] = {
    "bilinear": (
        np.pad(np.array([[0, 1, 0], [1, 0, 1], [0, 1, 0]]) / 4, 1),
        np.pad(np.array([[0, 0, 0], [1, 0, 1], [0, 0, 0]]) / 2, 1),
        np.pad(np.array([[1, 0, 1], [0, 0, 0], [1, 0, 1]]) / 4, 1),
    ),
    "malvar": (
        np.array(
            [
                [0, 0, -2, 0, 0],
                [0, 0, 4, 0, 0],
                [-2, 4, 8, 4, -2],
                [0, 0, 4, 0, 0],
                [0, 0, -2, 0, 0],
            ]
        )
        / 16,
        np.array(
            [
                [0, 0, 1, 0, 0],
                [0, -2, 0, -2, 0],
                [-2, 8, 10, 8, -2],
                [0, -2, 0, -2, 0],
                [0, 0, 1, 0, 0],
            ]
        )
        / 16,
        np.array(
            [
                [0, 0, -3, 0, 0],
                [0, 4, 0, 4, 0],
                [-3, 0, 12, 0, -3],
                [0, 4, 0, 4, 0],
                [0, 0, -3, 0, 0],
            ]
        )
        / 16,
    ),
}


def sampled(image: np.ndarray, phase: Phase = (0, 0)) -> np.ndarray:
    """Return the samples that a sensor takes of an image, (H, W, 3): one colour a site, (H, W)."""
    samples = np.empty(image.shape[:2], image.dtype)
    for row in range(2):
        for column in range(2):
            site = np.s_[row::2, column::2]
            samples[site] = image[(*site, _colour(row, column, phase))]
    return samples


def interpolated(
    samples: np.ndarray, method: Interpolation = "bilinear", phase: Phase = (0, 0)
) -> np.ndarray:
    """Return the image, ``float32``, (H, W, 3), that a camera interpolates from samples, (H, W)."""
    height, width = samples.shape
    rows, columns = -(-height // 2), -(-width // 2)
    after = [
        (MARGIN, 2 * half - size + MARGIN) for half, size in ((rows, height), (columns, width))
    ]
    wide = np.pad(samples.astype(np.float32, copy=False), after, mode="reflect")
    windows = sliding_window_view(wide, (SIDE, SIDE))[::2, ::2].reshape(-1, SIDE**2)
    squares = (windows @ _weights(method, phase)).reshape(rows, columns, 2, 2, 3)
    return squares.swapaxes(1, 2).reshape(2 * rows, 2 * columns, 3)[:height, :width]


def _colour(row: int, column: int, phase: Phase) -> int:
    """Return the colour of the sensor's site at a row and a column of the picture."""
    down, right = (row + phase[0]) % 2, (column + phase[1]) % 2
    return GREEN if down != right else (BLUE if down else RED)


@cache
def _weights(method: Interpolation, phase: Phase) -> np.ndarray:
    """Return the linear map from a window of samples to its middle 2×2 pixels, (36, 12)."""
    green, along, across = KERNELS[method]
    itself = np.zeros_like(green)
    itself[MARGIN, MARGIN] = 1
    weights = np.zeros((SIDE, SIDE, 2, 2, 3), np.float32)
    for row in range(2):
        for column in range(2):
            site = _colour(row, column, phase)
            beside = _colour(row, column + 1, phase)
            for colour in (RED, GREEN, BLUE):
                if colour == site:
                    kernel = itself
                elif colour == GREEN:
                    kernel = green
                elif site == GREEN:
                    kernel = along if colour == beside else along.T
                else:
                    kernel = across
                weights[row : row + 5, column : column + 5, row, column, colour] = kernel
    return weights.reshape(SIDE**2, 12)
