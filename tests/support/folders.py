"""Folders of pictures, as data sets."""

from pathlib import Path

import numpy as np
import pyvips

from denoising.config.sources import FolderSource

CLASSES = ["dog", "cat"]
RANDOM = np.random.default_rng(0)


def saved(path: Path, pixels: np.ndarray, mode: str | None = None, orientation: int = 0) -> Path:
    """Write a picture with libvips; return the path."""
    path.parent.mkdir(parents=True, exist_ok=True)
    mode = mode or ("b-w" if pixels.shape[2] < 3 else "srgb")
    image = pyvips.Image.new_from_array(pixels, interpretation=mode).copy()
    if orientation:
        image.set_type(pyvips.GValue.gint_type, "orientation", orientation)
    image.write_to_file(str(path))
    return path


def random_pixels(*shape: int) -> np.ndarray:
    """Return random ``uint8`` values."""
    return RANDOM.integers(0, 256, shape, dtype=np.uint8)


def fill(folder: Path, number: int, classes=CLASSES, shape=(12, 14, 3)) -> None:
    """Write `number` random pictures of each class, numbered without leading zeros."""
    for name in classes:
        for index in range(number):
            saved(folder / name / f"{index}.png", random_pixels(*shape))


def source(**changes) -> FolderSource:
    """Return the source of a folder of colour pictures of 12 × 14 pixels."""
    values = {"height": 12, "width": 14, "channels": 3, "test": 4, "validation": 4}
    return FolderSource(**{"format": "folder", "classes": CLASSES} | values | changes)
