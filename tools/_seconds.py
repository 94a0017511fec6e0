"""The durations that stages log in this folder."""

from typing import Any

from denoising.files.tables import read_json
from stages._runner import SECONDS
from tools._program import ROOT


def read_seconds() -> dict[str, dict[str, Any]]:
    """Return, for each stage, its ``seconds`` and the hash of the ``params`` that it ran with."""
    return {path.stem: read_json(path) for path in sorted((ROOT / SECONDS).glob("*.json"))}
