"""The durations that stages log."""

from pathlib import Path

from denoising.files.tables import read_json
from stages._runner import SECONDS


def read_seconds(folder: Path = SECONDS) -> dict[str, dict]:
    """Return ``seconds`` and the hash of ``params`` of each stage that has run in this folder."""
    return {path.stem: read_json(path) for path in sorted(folder.glob("*.json"))}
