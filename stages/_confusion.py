"""Confusion matrices, as files for `dvc plots`."""

import numpy as np

from denoising.files.tables import write_csv
from denoising.plots.tables import confusion
from stages._paths import PLOTS


def write_confusion(
    name: str, arm: str, logits: np.ndarray, labels: np.ndarray, classes: list[str]
) -> None:
    """Write ``plots/confusion/NAME.csv``; `arm` is the title of its panel."""
    table = confusion(logits, labels, classes).assign(arm=arm)
    write_csv(PLOTS / "confusion" / f"{name}.csv", table)
