"""Data sets in the IDX format."""

from pathlib import Path
from typing import Any

import numpy as np

CLASSES = [str(number) for number in range(10)]


def idx_header(*shape: int) -> bytes:
    """Return the header of a file of bytes with these dimensions."""
    return bytes((0, 0, 8, len(shape))) + np.array(shape, ">u4").tobytes()


def write_idx_set(folder: Path, train: int, test: int, side: int = 12) -> dict[str, Any]:
    """Write random images of 10 classes into `folder`; return the source, without `validation`."""
    folder.mkdir(parents=True, exist_ok=True)
    random = np.random.default_rng(0)
    for part, number in (("train", train), ("test", test)):
        pixels = random.integers(0, 256, (number, side, side), np.uint8)
        labels = (np.arange(number) % len(CLASSES)).astype(np.uint8)
        for kind, array in (("images", pixels), ("labels", labels)):
            content = idx_header(*array.shape) + array.tobytes()
            (folder / f"{part}_{kind}").write_bytes(content)
    return own_source()


def own_source() -> dict[str, Any]:
    """Return the source of a user's own files ``train_images``, …, without `validation`."""
    names = [f"{part}_{kind}" for part in ("train", "test") for kind in ("images", "labels")]
    files = {name: {"name": name} for name in names}
    return {"format": "idx", "files": files, "classes": CLASSES}
