"""Noise that neighbouring pixels share: blurred and resized images."""

import math

import numpy as np


def blurred(image: np.ndarray, width: float) -> np.ndarray:
    """Blur an image, (H, W, C), by a Gaussian of `width` pixels, mirrored at the borders."""
    radius = math.ceil(2.5 * width)
    weights = np.exp(-0.5 * np.square(np.arange(radius + 1) / width)).astype(np.float32)
    weights /= weights[0] + 2 * weights[1:].sum()
    wide = np.pad(image, ((radius, radius), (radius, radius), (0, 0)), mode="reflect")
    for axis in (0, 1):
        lines = np.moveaxis(wide, axis, 0)
        size = len(lines) - 2 * radius
        found = weights[0] * lines[radius : radius + size]
        for step in range(1, radius + 1):
            near, far = radius - step, radius + step
            found += weights[step] * (lines[near : near + size] + lines[far : far + size])
        wide = np.moveaxis(found, 0, axis)
    return wide


def resized(image: np.ndarray, height: int, width: int) -> np.ndarray:
    """Resize an image, ``float32``, (H, W, C): interpolated linearly, averaged where it shrinks."""
    from PIL import Image  # most noise does without

    planes = [
        Image.fromarray(np.ascontiguousarray(plane)).resize(
            (width, height), Image.Resampling.BILINEAR
        )
        for plane in np.moveaxis(image, 2, 0)
    ]
    return np.stack([np.asarray(plane) for plane in planes], axis=2)
