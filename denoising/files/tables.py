"""Metrics as JSON and tables as CSV."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from denoising.files.atomic import existing, reading, replacing

if TYPE_CHECKING:
    import pandas as pd

METRIC_DIGITS = 6


def write_json(path: Path | str, values: dict) -> None:
    """Write metrics as JSON, floats to six digits. NaN and infinity raise `ValueError`."""
    text = json.dumps(_rounded(values), indent=2, allow_nan=False)
    with replacing(path) as partial:
        partial.write_text(text + "\n", encoding="utf-8")


def _rounded(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _rounded(item) for key, item in value.items()}
    return float(f"{value:.{METRIC_DIGITS}g}") if isinstance(value, float | np.floating) else value


def read_json(path: Path | str) -> dict[str, Any]:
    """Read a JSON file that a stage wrote."""
    with reading(path):
        return json.loads(existing(path).read_text(encoding="utf-8"))


def write_csv(path: Path | str, table: pd.DataFrame) -> None:
    """Write a table as CSV, floats to eight digits."""
    with replacing(path) as partial:
        table.to_csv(partial, index=False, lineterminator="\n", float_format="%.8g")


def read_csv(path: Path | str) -> pd.DataFrame:
    """Read a table that a stage wrote."""
    import pandas as pd

    with reading(path):
        return pd.read_csv(existing(path))
