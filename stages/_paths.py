"""The paths that stages read and write, relative to the root of the repository."""

from pathlib import Path
from typing import NamedTuple

CLEAN = Path("data/clean")
CLASSICAL = Path("data/classical.csv")
DETECTOR = Path("data/detector")
NOISY = Path("data/noisy")
METRICS = Path("metrics")
MODELS = Path("models")
PLOTS = Path("plots")
TEMPERATURES = MODELS / "temperatures.json"
CHECKPOINTS = Path("logs/checkpoints")


class Place(NamedTuple):
    """Where trainings write models, histories and, with a prefix, checkpoints.

    Trained networks that a training needs are read from there, too, but for the clean-trained
    classifier.
    """

    models: Path = MODELS
    histories: Path = PLOTS / "history"
    prefix: str = ""


PIPELINE = Place()
"""The place of the pipeline's own trainings."""
