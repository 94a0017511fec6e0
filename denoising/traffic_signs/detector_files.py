"""A detector's truth and outputs, from the files in which detectors are published."""

import re
from pathlib import Path
from tokenize import TokenError

import numpy as np

from denoising.files.errors import UserError

SUFFIXES = (".txt", ".csv", ".npy")
LARGEST = 2**28  # bytes


def read_pair(
    ground_truth: Path | str, outputs: Path | str, positive_label: int
) -> tuple[np.ndarray, np.ndarray]:
    """Read what there was and what a detector said of it.

    Parameters
    ----------
    ground_truth, outputs : files of as many values, of the kinds that `read_values` takes.
    positive_label : which of the labels 0 and 1 marks a sign.

    Returns
    -------
    int, (N,): 1 where there is a sign; float, (N,): the higher, the surer that there is one.

    Raises
    ------
    UserError : a file that cannot be read, lengths that differ, labels other than 0 and 1 or of
        one class only.
    """
    labels, values = read_values(ground_truth), read_values(outputs)
    if len(labels) != len(values):
        raise UserError(
            "Expected as many labels as outputs. "
            f"Received: {len(labels)} in {ground_truth} and {len(values)} in {outputs}"
        )
    found = np.unique(labels)
    if not np.isin(found, (0, 1)).all():
        shown = ", ".join(f"{label:g}" for label in found[:5])
        raise UserError(f"Expected the labels 0 and 1 in {ground_truth}. Received: {shown}")
    if len(found) < 2:
        raise UserError(
            f"Expected both labels, 0 and 1, in {ground_truth}: a ROC curve compares two classes. "
            f"Received: {len(labels)} times {found[0]:g}"
        )
    return (labels == positive_label).astype(np.int64), values


def read_values(path: Path | str) -> np.ndarray:
    """Return the numbers of a file as ``float64``, (N,).

    Text has one number a line, CSV too, perhaps below a title; ``.npy`` has one dimension longer
    than 1.

    Raises
    ------
    UserError : no such file, another kind of file, no number, something else than a finite number.
    """
    path = Path(path)
    suffix = path.suffix.lower()
    if suffix not in SUFFIXES:
        raise UserError(f"Expected a file ending in {', '.join(SUFFIXES)}. Received: {path}")
    try:
        if (size := path.stat().st_size) > LARGEST:
            raise UserError(f"Expected at most {LARGEST:,} bytes in {path}. Received: {size:,}")
        values = _array(path) if suffix == ".npy" else _text(path, titled=suffix == ".csv")
    except OSError as error:
        raise UserError(
            f"Expected a detector's values in {path}. Received: {error.strerror or error}. "
            "Name the files in params.yaml: detector.ground_truth, detector.outputs"
        ) from None
    if not len(values):
        raise UserError(f"Expected one number a line in {path}. Received: an empty file")
    if not np.isfinite(values).all():
        place = int(np.flatnonzero(~np.isfinite(values))[0])
        raise UserError(
            f"Expected finite numbers in {path}. Received: {values[place]} as value {place + 1}"
        )
    return values


def _array(path: Path) -> np.ndarray:
    try:
        array = np.lib.format.open_memmap(path, mode="r")
    except (ValueError, OverflowError, SyntaxError, TokenError, TypeError) as error:
        raise UserError(f"Expected an array of numbers in {path}. Received: {error}") from None
    if array.dtype.kind not in "buif":
        raise UserError(f"Expected an array of numbers in {path}. Received: {array.dtype}")
    if array.size != max(array.shape, default=0):
        raise UserError(f"Expected one column of values in {path}. Received: {array.shape}")
    return array.ravel().astype(np.float64)


def _text(path: Path, titled: bool) -> np.ndarray:
    try:
        lines = path.read_text(encoding="utf-8-sig").rstrip().splitlines()
    except UnicodeDecodeError:
        raise UserError(f"Expected text in UTF-8 in {path}. Received: other bytes") from None
    title = titled and lines and re.match(r"\s*[\"'_A-Za-z]", lines[0]) and not _is_number(lines[0])
    for number, line in enumerate(lines, start=1):
        if not _is_number(line) and not (title and number == 1):
            raise UserError(f"Expected one number a line in {path}. Line {number}: {line[:40]!r}")
    return np.array([float(line) for line in lines[bool(title) :]], dtype=np.float64)


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
