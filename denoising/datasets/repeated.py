"""Pictures that occur more than once in a data set, with the same bytes: listed, then dropped."""

import csv
from collections import defaultdict
from pathlib import Path

import numpy as np

from denoising.datasets.splits import Split
from denoising.files.atomic import replacing
from denoising.files.digests import file_digest

LOG = Path("logs/repeated")
"""The folder of the lists; Git and DVC ignore it."""


def without_repeated(parts: list[Split], name: str) -> tuple[list[Split], list[list[Path]]]:
    """Return the parts of a data set without repeated pictures, and the groups of equal ones.

    Of a group in one class the first is kept, and one in the test set rather than in the training
    set, as test images must not be trained on. A picture in two classes has no certain label: all
    of the group are dropped. Every group is listed in ``logs/repeated/NAME.csv``.

    Parameters
    ----------
    parts : all pictures, or those for training and those for the test; paths instead of images.
    """
    places = [
        (path, int(label), part)
        for part, split in enumerate(parts)
        for path, label in zip(split.images, split.labels, strict=True)
    ]
    groups = _groups([path for path, _, _ in places])
    dropped: set[Path] = set()
    for group in groups:
        members = [places[index] for index in group]
        last = max(part for _, _, part in members)
        kept = next(path for path, _, part in members if part == last)
        certain = len({label for _, label, _ in members}) == 1
        dropped |= {path for path, _, _ in members} - ({kept} if certain else set())
    alike = [[places[index][0] for index in group] for group in groups]
    _write_list(name, alike, dropped)
    if not dropped:
        return parts, alike
    masks = [np.array([path not in dropped for path in split.images]) for split in parts]
    kept_parts = [
        Split(split.images[mask], split.labels[mask])
        for split, mask in zip(parts, masks, strict=True)
    ]
    return kept_parts, alike


def list_path(name: str) -> Path:
    """Return the path of the list of a data set's repeated pictures."""
    return LOG / f"{name}.csv"


def _write_list(name: str, alike: list[list[Path]], dropped: set[Path]) -> None:
    """Write a row for each repeated picture: its group, path, and whether it would be kept."""
    path = list_path(name)
    if not alike:
        path.unlink(missing_ok=True)
        return
    with replacing(path) as partial, partial.open("w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file, lineterminator="\n")
        rows.writerow(["group", "path", "kept"])
        for number, group in enumerate(alike, start=1):
            rows.writerows([number, one, int(one not in dropped)] for one in group)


def _groups(paths: list[Path]) -> list[list[int]]:
    """Return the indices of files with the same bytes, a list for each group of several."""
    by_size = defaultdict(list)
    for index, path in enumerate(paths):
        by_size[path.stat().st_size].append(index)
    alike = defaultdict(list)
    for size, group in by_size.items():
        for index in group if size and len(group) > 1 else ():
            alike[file_digest(paths[index])].append(index)
    return sorted(group for group in alike.values() if len(group) > 1)
