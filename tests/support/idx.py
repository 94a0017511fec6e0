"""Data sets in the IDX format."""

from pathlib import Path
from typing import Any

import numpy as np

SIDE = 12  # pixels
CLASSES = [str(number) for number in range(10)]


def idx_header(*shape: int, kind: int = 8) -> bytes:
    """Return the header of a file with these dimensions; its values are bytes if `kind` is 8."""
    return bytes((0, 0, kind, len(shape))) + np.array(shape, ">u4").tobytes()


def write_idx_set(folder: Path, train: int, test: int) -> dict[str, Any]:
    """Write random images of 10 classes into `folder`; return the source, without `validation`."""
    folder.mkdir(parents=True, exist_ok=True)
    random = np.random.default_rng(0)
    for part, number in (("train", train), ("test", test)):
        pixels = random.integers(0, 256, (number, SIDE, SIDE), np.uint8)
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
