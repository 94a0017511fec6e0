"""The paths that stages read and write, relative to the root of the repository."""

from pathlib import Path

CLEAN = Path("data/clean")
CLASSICAL = Path("data/classical.csv")
DETECTOR = Path("data/detector")
NOISY = Path("data/noisy")
METRICS = Path("metrics")
MODELS = Path("models")
PLOTS = Path("plots")
TEMPERATURES = MODELS / "temperatures.json"
CHECKPOINTS = Path("logs/checkpoints")
