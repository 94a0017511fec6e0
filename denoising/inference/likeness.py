"""Bring a picture to the appearance of a classifier's training images, or tell that it is unlike.

Drawings and photographs of digits are dark on light, anywhere on the paper and of any size, where
most classifiers of digits were trained on light digits on black that fill a certain part of the
image. What the training images have in common is in the model's card.
"""

from typing import NamedTuple

import numpy as np
import pyvips

from denoising.config.card import Card, Ground
from denoising.datasets.appearance import INK, NEAR, as_grey, distances, ring, subject, thumbnails
from denoising.files.scaling import fitted

MOST_READ, MOST_EXAMINED = 1000, 160  # pixels of the longer side: read, and searched
SMALLEST, LONGEST = 8, 10  # pixels of the shorter side; the longer side, relative to it
SMOOTH = 0.05  # deviation of noise, relative to white; above it the ground is taken as a plane
CONTRAST, CLEAR = 0.12, 2.5  # of a subject, at least: relative to white, and to the noise
MIXED = 0.1  # of a scene, not of a subject on plain ground: deviations to the other side, relative
CROSSED = 0.35  # likewise: the fraction of the edge that is no ground
EVEN = 0.01  # a difference of brightness, relative to white, that nobody sees
GRAIN = 0.012  # deviation of noise, relative to white, that a subject of a few pixels is lost in
SPECK = 0.1  # relative to the largest part of a subject; smaller parts are dirt


class Seen(NamedTuple):
    """An image as a classifier sees it, ``uint8``, (H, W, C), and how it was made from a picture.

    `changes` are words: ``inverted``, ``stretched``, ``cropped``. `unlike` is whether it is unlike
    the training images; False where a card does not describe them.
    """

    image: np.ndarray
    changes: list[str]
    unlike: bool


def seen_by(card: Card, picture: pyvips.Image, white: int, as_is: bool = False) -> Seen:
    """Return what the classifier of a card sees of a picture.

    The picture is cropped about its centre to the aspect ratio of the training images, and resized.
    If these have subjects on a plain ground, and so has the picture, but another contrast, size or
    place, then it is inverted or stretched to their contrast, and cut to their margin; but only if
    that brings it closer to them.

    Parameters
    ----------
    picture : upright, with 1 or 3 bands and the value `white` for white.
    as_is : only crop and resize.
    """
    height, width, _ = card.size
    image = fitted(picture, white, *card.size)
    if card.usual is None:
        return Seen(image, [], False)
    farthest = card.usual.farthest
    far = float(distances(image[None], card.usual)[0])
    empty = _is_empty(image, card.ground)
    unlike = far > farthest or empty
    shorter, longer = sorted((picture.width, picture.height))
    if as_is or not card.ground or shorter < max(SMALLEST, longer / LONGEST):
        return Seen(image, [], unlike)
    grey = _grey(picture, white)
    if empty and _noise(grey) > GRAIN:  # whose grains would pass for a subject
        return Seen(image, [], unlike)
    found = _brought(card.ground, grey, height, width)
    if found and found.changes:
        nearer = float(distances(found.image[None], card.usual)[0])
        still = nearer > card.usual.farthest_clean  # as it has hardly any noise now
        if (found.changes == ["cropped"] and not still) or nearer < far > farthest:
            return found._replace(unlike=still)
    return Seen(image, [], unlike)


def describe(seen: Seen, trained_on: str) -> str:
    """Return remarks on an image in words, separated by commas; empty if it is like the others."""
    unlike = [f"unlike the images of {trained_on} that the classifier was trained on"]
    return ", ".join([*seen.changes, *(unlike if seen.unlike else [])])


def _is_empty(image: np.ndarray, ground: Ground | None) -> bool:
    """Return whether an image, ``uint8``, (H, W, C), is a ground without a subject, or of one tone.

    Its thumbnail may well be near the usual one: most cells of digits are black. Noise is averaged
    in the cells of a thumbnail.
    """
    cells = thumbnails(image[None])[0]
    spread = float(np.abs(cells - np.median(cells)).max())
    if ground is None:
        return spread < EVEN
    grey = as_grey(image[None])[0]
    return spread < max(CONTRAST, 5 * _noise(grey) * np.sqrt(cells.size / grey.size))


def _grey(picture: pyvips.Image, white: int) -> np.ndarray:
    """Return a picture as grey floats, (H, W), 0 to 1, with at most `MOST_READ` pixels a side."""
    scale = MOST_READ / max(picture.width, picture.height)
    picture = picture.cast("float")
    if scale < 1:
        picture = picture.resize(scale)
    pixels = np.asarray(picture).reshape(1, picture.height, picture.width, picture.bands)
    return as_grey((pixels / white).clip(0, 1))[0]


def _brought(ground: Ground, grey: np.ndarray, height: int, width: int) -> Seen | None:
    """Return a grey picture, (H, W), with the contrast and the margin of training images.

    None if it is unclear: if no subject stands out from a plain ground.
    """
    small = _reduced(grey)
    noise = _noise(small)
    surface = _surface(small, noise)
    rest = small - _evaluate(surface, *small.shape)
    ink = np.abs(rest) > max(CONTRAST / 2, 2 * noise)
    if not ink.any():
        return None
    brighter = bool(rest[ink].sum() > 0)
    strength = rest if brighter else -rest
    if -strength[ink & (strength < 0)].sum() > MIXED * strength[ink & (strength > 0)].sum():
        return None
    if ring(ink[None]).mean() > CROSSED:
        return None
    contrast = float(np.quantile(strength[ink], 0.95))
    if contrast < max(CONTRAST, CLEAR * noise):
        return None
    changes = []
    level = float(np.median(ring(small[None])))
    if brighter != ground.brighter:
        changes.append("inverted")
    elif abs(level - ground.level) > NEAR:
        changes.append("stretched")
    if changes:
        strength = (grey - _evaluate(surface, *grey.shape)) * (1 if brighter else -1) / contrast
        least = min(INK, 3 * noise / contrast)
        grey = _onto(ground, ((strength - least) / (1 - least)).clip(0, 1))
    mask = _without_specks(_reduced(np.abs(grey - ground.level)), 0 if changes else 4 * noise)
    if mask is None:
        return None
    canvas = _canvas(ground, grey, mask, height, width)
    if canvas is not None:
        changes.append("cropped")
        grey = canvas
    pixels = pyvips.Image.new_from_array(np.ascontiguousarray(grey, np.float32))
    image = fitted(pixels, 1, height, width, 1)
    return Seen(_restored_contrast(image, ground) if changes else image, changes, False)


def _reduced(grey: np.ndarray) -> np.ndarray:
    """Return a grey picture, (H, W), with at most `MOST_EXAMINED` pixels on its longer side."""
    scale = MOST_EXAMINED / max(grey.shape)
    if scale >= 1:
        return grey
    image = pyvips.Image.new_from_array(np.ascontiguousarray(grey, np.float32))
    small = image.resize(scale, vscale=scale, kernel="linear")
    return np.asarray(small).reshape(small.height, small.width)


def _basis(height: int, width: int) -> np.ndarray:
    """Return 1, y, x, y², xy and x² at each pixel, (H, W, 6), with x and y from -1 to 1."""
    y, x = np.meshgrid(
        np.linspace(-1, 1, height, dtype=np.float32),
        np.linspace(-1, 1, width, dtype=np.float32),
        indexing="ij",
    )
    return np.stack([np.ones_like(x), y, x, y * y, x * y, x * x], axis=-1)


def _surface(grey: np.ndarray, noise: float) -> np.ndarray:
    """Fit the brightness of the ground, a surface of second degree, (6,): paper is lit unevenly.

    What deviates from it is left out of the next fit, beginning from the brightness of the edge. A
    ground with noise gets a plane, as a curve would follow the subject.
    """
    basis = _basis(*grey.shape)
    factors = np.zeros(6, np.float32)
    factors[0] = np.median(ring(grey[None]))
    near = np.abs(grey - factors[0]) <= max(2 * NEAR, 2 * noise)
    for terms in (3, 3, *((6, 6) if noise < SMOOTH else ())):
        if near.sum() < 10 * terms:
            break
        factors = np.zeros(6, np.float32)
        factors[:terms] = np.linalg.lstsq(basis[near][:, :terms], grey[near], rcond=None)[0]
        near = np.abs(grey - basis @ factors) <= max(NEAR / 2, 2 * noise)
    return factors


def _evaluate(factors: np.ndarray, height: int, width: int) -> np.ndarray:
    return _basis(height, width) @ factors


def _noise(grey: np.ndarray) -> float:
    """Return the deviation of a picture's noise, from the median difference of neighbours.

    Neighbours in the same place of the ground differ by noise alone; those at edges are outliers.
    """
    return 1.4826 / np.sqrt(2) * float(np.median(np.abs(np.diff(grey, axis=1))))


def _onto(ground: Ground, strength: np.ndarray) -> np.ndarray:
    """Return subjects of a strength from 0 to 1 on the ground of training images."""
    far = 1.0 if ground.brighter else 0.0
    return ground.level + strength * (far - ground.level)


def _without_specks(strength: np.ndarray, least: float) -> np.ndarray | None:
    """Return the mask of a subject, (H, W), without small separate parts; None if it is empty.

    Its strength is more than `least`.
    """
    from scipy import ndimage  # slow to import

    mask = strength > max(NEAR, least, INK * strength.max())
    parts, number = ndimage.label(mask, np.ones((3, 3)))  # pyright: ignore[reportGeneralTypeIssues]
    if not number:
        return None
    sizes = np.bincount(parts.ravel())[1:]
    return np.isin(parts, 1 + np.flatnonzero(sizes >= SPECK * sizes.max()))


def _canvas(
    ground: Ground, grey: np.ndarray, mask: np.ndarray, height: int, width: int
) -> np.ndarray | None:
    """Return a picture cut about its subject, with the margin of training images, or padded.

    None if the subject has, about the centre, a size and a place of training images already.
    """
    box = subject(_reduced(np.abs(grey - ground.level)), mask)
    centre = 0.5 + (box.mass_centre if ground.by_mass else box.box_centre)
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    tall = (rows[-1] - rows[0] + 1) * grey.shape[0] / mask.shape[0]
    wide = (columns[-1] - columns[0] + 1) * grey.shape[1] / mask.shape[1]
    longer = max(tall, wide * height / width)  # in rows, if its longer side were the upright one
    seen = min(grey.shape[0], grey.shape[1] * height / width)  # rows of the picture, cropped
    shift = (centre - 0.5) * grey.shape / [seen, seen * width / height]
    lowest, usual, highest = ground.sides
    tolerance = 1.5 / min(height, width)  # some pixels of the model's images
    placed = np.linalg.norm(shift) <= ground.offset + tolerance
    if placed and lowest - tolerance <= longer / seen <= highest + tolerance:
        return None
    size = longer / usual * np.array([1, width / height])
    shape = np.maximum(1, np.round(size)).astype(int)
    corner = np.round(centre * grey.shape - size / 2).astype(int)
    canvas = np.full(shape, ground.level, np.float32)
    inner = [
        (max(0, start), min(limit, start + length))
        for start, length, limit in zip(corner, shape, grey.shape, strict=True)
    ]
    (top, bottom), (left, right) = inner
    place = canvas[top - corner[0] : bottom - corner[0], left - corner[1] : right - corner[1]]
    place[...] = grey[top:bottom, left:right]
    return canvas


def _restored_contrast(image: np.ndarray, ground: Ground) -> np.ndarray:
    """Return an image, ``uint8``, (H, W, 1), with the contrast that thin lines lose when shrunk."""
    strength = np.abs(image.astype(np.float32) / 255 - ground.level)
    peak = float(np.quantile(strength[strength > INK * strength.max()], 0.95))
    whole = abs((1.0 if ground.brighter else 0.0) - ground.level)
    stretched = (strength * min(3.0, max(1.0, 0.95 * whole / peak)) / whole).clip(0, 1)
    return np.rint(255 * _onto(ground, stretched)).astype(np.uint8)
