"""The appearance of training images: a subject on plain ground, and what is usual in a thumbnail.

It is measured when a classifier is trained, and stored in its card, so that pictures of another
origin can be brought to the same appearance, or reported as unlike the training images.
"""

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np

from denoising.config.card import Ground, Usual
from denoising.images import as_float

GREY = np.array([0.299, 0.587, 0.114], np.float32)  # ITU-R BT.601
MOST_MEASURED = 5000  # images, evenly spaced
PLAIN, NEAR = 0.95, 0.1  # the fraction of images whose ground is this close to the usual one
INK = 0.3  # of the strongest deviation from the ground: above it, a pixel belongs to the subject
SIDE = 7  # of a thumbnail, in cells
FLOOR = 0.03  # standard deviation below which differences of a cell's brightness do not count
ALARMS = 0.01  # fraction of the validation images that are reported as unlike


class Box(NamedTuple):
    """The subject of an image: its longer side and the centres of its box and of its mass.

    The side is relative to that of the image; centres are (2,), relative to the image's centre.
    """

    side: float
    box_centre: np.ndarray
    mass_centre: np.ndarray


def as_grey(images: np.ndarray) -> np.ndarray:
    """Return images, (N, H, W, C), as grey ``float32`` in [0, 1], (N, H, W)."""
    images = as_float(images)
    return images @ GREY if images.shape[-1] == 3 else images[..., 0]


def ring(images: np.ndarray) -> np.ndarray:
    """Return the outermost pixels of images, (N, H, W), as (N, pixels)."""
    height, width = images.shape[1:]
    edge = np.ones((height, width), bool)
    margin = max(1, round(0.04 * min(height, width)))
    edge[margin : height - margin, margin : width - margin] = False
    return images[:, edge]


def find_ground(images: np.ndarray) -> Ground | None:
    """Return how subjects lie on the ground of training images, ``uint8``, (N, H, W, C).

    None for colour images, and if the ground is not of one brightness, as in photographs.
    """
    if images.shape[-1] != 1:
        return None
    grey = as_grey(_some(images))
    levels = np.median(ring(grey), axis=1)
    level = float(np.median(levels))
    differences = grey - level
    brighter = differences.sum(axis=(1, 2)) > 0
    usual = brighter.mean() > 0.5
    if min((abs(levels - level) < NEAR).mean(), (brighter == usual).mean()) < PLAIN:
        return None
    strengths = [one for one in np.abs(differences) if one.max() > NEAR]
    boxes = [subject(one, one > INK * one.max()) for one in strengths]
    if len(boxes) < PLAIN * len(grey):
        return None
    sides = np.array([box.side for box in boxes])
    by_box = np.linalg.norm([box.box_centre for box in boxes], axis=1)
    by_mass = np.linalg.norm([box.mass_centre for box in boxes], axis=1)
    centred = bool(by_mass.mean() < by_box.mean())
    return Ground(
        level=round(level, 3),
        brighter=bool(usual),
        sides=[round(float(one), 3) for one in np.quantile(sides, [0.01, 0.5, 0.99])],
        by_mass=centred,
        offset=round(float(np.quantile(by_mass if centred else by_box, 0.99)), 3),
    )


def subject(strength: np.ndarray, mask: np.ndarray) -> Box:
    """Return the subject of an image of deviations from the ground, (H, W), where a mask holds."""
    height, width = strength.shape
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    tall, wide = rows[-1] - rows[0] + 1, columns[-1] - columns[0] + 1
    box = [(rows[0] + rows[-1] + 1) / 2 / height, (columns[0] + columns[-1] + 1) / 2 / width]
    mass = np.where(mask, strength, 0)
    total = mass.sum()
    centre = [
        (mass.sum(axis=1) @ (np.arange(height) + 0.5)) / total / height,
        (mass.sum(axis=0) @ (np.arange(width) + 0.5)) / total / width,
    ]
    return Box(max(tall / height, wide / width), np.array(box) - 0.5, np.array(centre) - 0.5)


def find_usual(training: np.ndarray, validation: np.ndarray, seen: Iterable[np.ndarray]) -> Usual:
    """Return what is usual in the thumbnails of images, and the distance beyond which one is not.

    The distance is Mahalanobis's, from the mean of the training images (Lee et al. 2018,
    arXiv:1807.03888, measure it on features of the network, by class). 1% of the validation images
    lie beyond it.

    Parameters
    ----------
    training, validation : clean images, ``uint8``, (N, H, W, C).
    seen : validation images in the state in which the classifier is trained, noisy for example, in
        batches, (B, H, W, C).
    """
    cells = thumbnails(_some(training))
    covariance = np.cov(cells, rowvar=False) + FLOOR**2 * np.eye(cells.shape[1])
    whitening = np.linalg.inv(np.linalg.cholesky(covariance))
    usual = Usual(
        mean=_rounded(cells.mean(axis=0)),
        whitening=[_rounded(row[: place + 1]) for place, row in enumerate(whitening)],
        farthest=0,
        farthest_clean=0,
    )
    clean = np.quantile(distances(_some(validation), usual), 1 - ALARMS)
    trained = np.quantile(np.concatenate([distances(part, usual) for part in seen]), 1 - ALARMS)
    limits = {"farthest_clean": float(clean), "farthest": float(max(clean, trained))}
    return usual.model_copy(update={name: round(limit, 3) for name, limit in limits.items()})


def distances(images: np.ndarray, usual: Usual) -> np.ndarray:
    """Return the distance of images, (N, H, W, C), from what is usual, (N,)."""
    whitening = np.zeros((len(usual.mean), len(usual.mean)))
    for place, row in enumerate(usual.whitening):
        whitening[place, : len(row)] = row
    return np.linalg.norm((thumbnails(images) - np.array(usual.mean)) @ whitening.T, axis=1)


def thumbnails(images: np.ndarray) -> np.ndarray:
    """Return grey thumbnails of images, (N, H, W, C): the means of 7×7 cells, (N, 49)."""
    grey = as_grey(images).astype(np.float64)
    for axis in (1, 2):
        edges = np.linspace(0, grey.shape[axis], SIDE + 1).round().astype(int)
        sums = np.add.reduceat(grey, edges[:-1], axis=axis)
        shape = [1, 1, 1]
        shape[axis] = SIDE
        grey = sums / np.diff(edges).reshape(shape)
    return grey.reshape(len(grey), -1)


def _some(images: np.ndarray) -> np.ndarray:
    """Return at most `MOST_MEASURED` images, evenly spaced."""
    return images[:: -(-len(images) // MOST_MEASURED)]


def _rounded(values: np.ndarray) -> list[float]:
    return [float(f"{value:.4g}") for value in values]
