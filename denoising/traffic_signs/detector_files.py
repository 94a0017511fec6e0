"""Read a detector's ground truth and outputs from text, CSV or ``.npy`` files."""

import re
from pathlib import Path
from tokenize import TokenError

import numpy as np

from denoising.files.errors import UserError, first_line

SUFFIXES = (".txt", ".csv", ".npy")
LARGEST = 2**28  # bytes


def read_pair(
    ground_truth: Path | str, outputs: Path | str, positive_label: int
) -> tuple[np.ndarray, np.ndarray]:
    """Read the ground truth and the outputs of a detector.

    Parameters
    ----------
    ground_truth, outputs : files with one value per patch, in a format that `read_values` reads.
    positive_label : the label that marks a sign, one of the two in the ground truth.

    Returns
    -------
    labels, int, (N,), 1 for a sign; outputs, float, (N,), higher for a more likely sign, perhaps
    infinite.

    Raises
    ------
    UserError
        A file cannot be read, the lengths differ, there are not two labels, or `positive_label` is
        neither of them.
    """
    labels, values = read_values(ground_truth), read_values(outputs)
    if len(labels) != len(values):
        raise UserError(
            f"{ground_truth} and {outputs} do not match: found {len(labels)} labels and "
            f"{len(values)} outputs, expected as many labels as outputs."
        )
    found = np.unique(labels)
    shown = ", ".join(f"{label:g}" for label in found[:5]) + (", …" if len(found) > 5 else "")
    if len(found) != 2:
        raise UserError(
            f"{ground_truth} has the labels {shown} in {len(labels)} values. Expected two "
            "different ones: that of signs, which detector.positive_label names, and another."
        )
    if positive_label not in found:
        raise UserError(
            f"{ground_truth} has the labels {shown}, but detector.positive_label is "
            f"{positive_label}. Set it to the one of them that marks a sign."
        )
    return (labels == positive_label).astype(np.int64), values


def read_values(path: Path | str) -> np.ndarray:
    """Return the numbers of a file, perhaps infinite, as ``float64``, (N,).

    Text files have one number per line, and so do CSV files, which may begin with a column name.
    ``.npy`` files have a single column or row.

    Raises
    ------
    UserError
        The file does not exist, is of another type or empty, or holds a value that is not a number.
    """
    path = Path(path)
    suffix = path.suffix.lower()
    if suffix not in SUFFIXES:
        raise UserError(f"Expected a file ending in {', '.join(SUFFIXES)}. Received: {path}")
    try:
        if (size := path.stat().st_size) > LARGEST:
            raise UserError(
                f"{path} is too large: {size:,} bytes, expected at most {LARGEST:,} bytes."
            )
        values = _array(path) if suffix == ".npy" else _text(path, titled=suffix == ".csv")
    except OSError as error:
        raise UserError(
            f"Cannot read the detector's values in {path}: {error.strerror or error}. "
            "Check detector.ground_truth and detector.outputs in params.yaml."
        ) from None
    if not len(values):
        raise UserError(f"{path} is empty. Expected one number per line.")
    if np.isnan(values).any():
        place = int(np.flatnonzero(np.isnan(values))[0])
        raise UserError(f"{path} has nan as value {place + 1}. Expected a number for every patch.")
    return values


def _array(path: Path) -> np.ndarray:
    try:
        array = np.lib.format.open_memmap(path, mode="r")
    except (ValueError, OverflowError, SyntaxError, TokenError, TypeError) as error:
        raise UserError(f"{path} is not an array of numbers: {first_line(error)}") from None
    if array.dtype.kind not in "buif":
        raise UserError(f"{path} is not an array of numbers: its type is {array.dtype}.")
    if array.size != max(array.shape, default=0):
        raise UserError(f"{path} has the shape {array.shape}. Expected one column of values.")
    return array.ravel().astype(np.float64)


def _text(path: Path, titled: bool) -> np.ndarray:
    try:
        lines = path.read_text(encoding="utf-8-sig").rstrip().splitlines()
    except UnicodeDecodeError:
        raise UserError(f"{path} is not text in UTF-8. Save it in that encoding.") from None
    title = titled and lines and re.match(r"\s*[\"'_A-Za-z]", lines[0]) and not _is_number(lines[0])
    for number, line in enumerate(lines, start=1):
        if not _is_number(line) and not (title and number == 1):
            raise UserError(
                f"{path} has {line[:40]!r} in line {number}. Expected one number per line."
            )
    return np.array([float(line) for line in lines[bool(title) :]], dtype=np.float64)


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
