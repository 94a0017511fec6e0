"""Measure the networks of all trials on validation images.

`python -m studies.trials.stages.measure`. Each is compared with its network without changes, on the
same images: clean ones for the clean-trained classifier, noisy ones for all others.
"""

from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from denoising.config.params import Params
from denoising.datasets.registry import load_named
from denoising.evaluation.intervals import paired_difference, proportion
from denoising.evaluation.scores import correct, mae, psnr, ssim_uniform
from denoising.files.tables import read_csv, write_csv
from denoising.inference.predict import denoise, predict, restore_and_classify
from stages._images import Images, NoisyImages
from stages._measured import with_noise
from stages._models import read_network
from stages._runner import run
from studies.trials.stages._settings import BASES, TRAINED, Trial, read_settings

TABLE = Path("data/trials/trials.csv")
SCORES = (psnr, ssim_uniform, mae)


class Answers(NamedTuple):
    """Whether a network is right about each image, (N,), and the images that it returns.

    None if it does not classify, or returns no images.
    """

    right: np.ndarray | None = None
    images: np.ndarray | None = None


def main(params: Params) -> None:
    settings = read_settings()
    split = load_named(params.datasets, settings.dataset, params.seed)["validation"]
    classes = len(params.datasets[settings.dataset].source.classes)
    every = np.arange(len(split.labels))
    images = with_noise(Images(*split, classes), "validation", params.noise, params.seed, every)
    base, rows = Answers(), []
    for trial in settings.every():
        found = answers(trial, images, params)
        if trial.name == BASES[trial.network]:
            base = found
        rows.append(row(trial, found, base, images.clean))
    write_csv(TABLE, pd.DataFrame(rows))


def answers(trial: Trial, images: NoisyImages, params: Params) -> Answers:
    """Return the outputs of a trial's network for the images."""
    level, threads = params.noise.level, params.threads
    model = read_network(trial.network, images, threads, TRAINED / trial.name)
    if trial.network == "autoencoder":
        return Answers(images=denoise(model, images.noisy, level))
    if trial.network == "joint":
        restored, logits = restore_and_classify(model, images.noisy, level)
        return Answers(correct(logits, images.labels), restored)
    seen = images.clean if trial.network == "classifier_clean" else images.noisy
    if trial.network == "classifier_denoised":
        folder = TRAINED / BASES["autoencoder"]
        seen = denoise(read_network("autoencoder", images, threads, folder), seen, level)
    return Answers(correct(predict(model, seen, level), images.labels))


def row(trial: Trial, found: Answers, base: Answers, clean: np.ndarray) -> dict[str, Any]:
    """Return a row of the table; `base` are the answers of the same network without changes."""
    changes = "; ".join(f"{key}={value}" for key, value in trial.changes.items())
    row = {"name": trial.name, "network": trial.network, "changed": changes, "n": len(clean)}
    if found.right is not None and base.right is not None:
        row |= proportion(found.right).columns("accuracy")
        if found is not base:
            row |= paired_difference(found.right, base.right).columns("gain")
    if found.images is not None:
        row |= {score.__name__: score(clean, found.images).mean() for score in SCORES}
    return row | {"epochs": len(read_csv(TRAINED / trial.name / f"{trial.network}.csv"))}


if __name__ == "__main__":
    run("measure_trials", main)
