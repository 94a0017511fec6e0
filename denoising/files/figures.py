"""Matplotlib figures as PNG files with the same bytes in every run."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from denoising.files.atomic import replacing

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def write_figure(path: Path | str, figure: Figure) -> None:
    """Write a figure as PNG, without the metadata that name the software."""
    with replacing(path) as partial:
        figure.savefig(partial, format="png", metadata={"Software": None})
