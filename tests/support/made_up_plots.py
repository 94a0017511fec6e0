"""A repository with the plots of dvc.yaml and made-up tables, for the tests of the page."""

import re
import shutil
from pathlib import Path

import numpy as np
import pandas as pd
from PIL import Image

from denoising.evaluation.arms import ALL_ARMS, ARMS
from denoising.evaluation.roc import MACRO
from denoising.plots.image_charts import MATRICES
from tests.support.dag import ROOT
from tests.support.made_up_tables import sweep_table
from tests.support.workspace import commit, succeed

CLASSES = ("cat", "dog", "frog")
KINDS = ("gaussian", "speckle")
LEVELS = (0.0, 0.1, 0.2)
PICTURES = (
    *("plots/pictures/denoised.png", "plots/pictures/joint.png"),
    "data/detector/patches.png",
)
MATRIX_FILES = (
    *("clean_trained_clean", "clean_trained_noisy", "denoised_clean_trained"),
    *("noise_trained_clean", "noise_trained_noisy", "joint"),
)


def repository(folder: Path) -> None:
    """Make `folder` a repository of Git and DVC that has the plots and their templates."""
    folder.mkdir(parents=True)
    plots = (ROOT / "dvc.yaml").read_text().partition("\nplots:\n")[2]
    (folder / "dvc.yaml").write_text(f"plots:\n{plots}")
    succeed("git init --quiet", folder)
    succeed("dvc init --quiet", folder)
    shutil.copytree(ROOT / ".dvc/plots", folder / ".dvc/plots")


def write(folder: Path, accuracy: float, epochs: int = 3) -> None:
    """Write every table and picture; `accuracy` is of all arms but the first."""
    for path, table in tables(accuracy, epochs).items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        table.to_csv(folder / path, index=False)
    for path in PICTURES:
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        Image.new("RGB", (1110, 450), "grey").save(folder / path)


def revision(folder: Path, name: str, accuracy: float) -> None:
    """Write every table and picture, and commit them under a tag."""
    write(folder, accuracy)
    commit(folder)
    succeed(f"git tag {name}", folder)


def tables(accuracy: float, epochs: int) -> dict[str, pd.DataFrame]:
    """Return the tables of all plots, by path."""
    history = pd.DataFrame({"epoch": range(1, epochs + 1)})
    history["loss"] = 1 / history["epoch"]
    history["val_loss"] = 1.1 / history["epoch"]
    networks = ("classifier_clean", "classifier_noisy", "classifier_denoised")
    histories = {
        f"plots/history/{name}.csv": history for name in (*networks, "autoencoder", "joint")
    }
    matrices = {
        f"plots/confusion/{file}.csv": _matrix(arm)
        for file, arm in zip(MATRIX_FILES, MATRICES, strict=True)
    }
    images = {
        "clean_trained": ("clean", "noisy"),
        "noise_trained": ("clean", "noisy"),
        "denoised_clean_trained": ("denoised",),
    }
    curves = {f"plots/class_roc/{arm}.csv": _class_roc(states) for arm, states in images.items()}
    scores = {"psnr": (15.0, 30.0), "ssim": (0.3, 0.9)}
    distributions = {
        f"plots/distribution/{score}.csv": _distribution(score, *means)
        for score, means in scores.items()
    }
    rates = pd.DataFrame({"false_positive_rate": [0, 0.2, 1], "true_positive_rate": [0, 0.8, 1]})
    precision = pd.DataFrame({"recall": [0.1, 0.5, 1], "precision": [1, 0.8, 0.5]})
    one = {
        "plots/arms.csv": _arms(accuracy),
        "plots/sweep.csv": sweep_table(LEVELS, KINDS).assign(ece=0.1, ece_calibrated=0.05),
        "plots/reference.csv": _reference(),
        "plots/reliability.csv": _reliability(),
        "plots/detector/roc.csv": rates.assign(curve=f"AUC {accuracy:.3f}"),
        "plots/detector/precision_recall.csv": precision.assign(curve="average precision 0.8"),
    }
    return histories | matrices | curves | distributions | one


def _arms(accuracy: float) -> pd.DataFrame:
    rows = []
    for place, arm in enumerate(ALL_ARMS):
        value = accuracy if place else 0.5
        rows.append((arm, "accuracy", value, value - 0.02, value + 0.02))
        rows.append((arm, "psnr", 20.0 + place, None, None))
    return pd.DataFrame(rows, columns=["arm", "measure", "value", "low", "high"])


def _matrix(arm: str) -> pd.DataFrame:
    pairs = [(actual, predicted) for actual in CLASSES for predicted in CLASSES]
    table = pd.DataFrame(pairs, columns=["actual", "predicted"])
    table["images"] = np.where(table["actual"] == table["predicted"], 8, 1)
    return table.assign(percent=10 * table["images"], arm=arm)


def _class_roc(states: tuple[str, ...]) -> pd.DataFrame:
    rates = pd.DataFrame({"false_positive_rate": [0, 0.1, 1], "true_positive_rate": [0, 0.9, 1]})
    return pd.concat(
        rates.assign(**{"class": name}, images=state)
        for state in states
        for name in (MACRO, *CLASSES)
    )


def _distribution(score: str, noisy: float, denoised: float) -> pd.DataFrame:
    middles = np.linspace(0, 1.2 * denoised, 20)
    parts = []
    for images, mean in (("noisy", noisy), ("denoised", denoised)):
        percent = 40 * np.exp(-(((middles - mean) / (denoised / 10)) ** 2))
        parts.append(pd.DataFrame({"images": images, score: middles, "percent": percent}))
    return pd.concat(parts)


def _reference() -> pd.DataFrame:
    return pd.concat(
        pd.DataFrame({"level": LEVELS[1:], "denoiser": denoiser, "psnr": [psnr, psnr - 5]})
        for denoiser, psnr in (("noisy", 20), ("autoencoder", 28), ("posterior_mean", 25))
    )


def _reliability() -> pd.DataFrame:
    parts = []
    for arm in ARMS:
        for when, right in (("as trained", 0.7), ("calibrated", 0.9)):
            rows = {"confidence": [0.4, 0.9], "accuracy": [0.3, right], "images": [5, 50]}
            parts.append(pd.DataFrame(rows).assign(arm=arm, when=when))
    return pd.concat(parts)


def identifiers(text: str) -> set[str]:
    """Return the words of a text that are names in the code rather than shown names."""
    return set(re.findall(r"\b[a-z]+(?:_[a-z]+)+\b", text))
