"""Measure every arm on test images at every level of every kind of noise, without training."""

from typing import Any

import keras
import numpy as np
import pandas as pd
from tqdm import tqdm

from denoising.config.noise import NoiseKind
from denoising.config.params import Params
from denoising.evaluation.break_even import area, break_even, measures
from denoising.evaluation.calibration import ece
from denoising.evaluation.scores import correct
from denoising.evaluation.summaries import image_scores
from denoising.evaluation.verdicts import judge
from denoising.files.tables import read_csv, write_csv, write_json
from denoising.seeding import make_deterministic
from stages import THREADS
from stages._arms import read_networks, read_temperatures
from stages._images import NoisyImages, read_clean, with_noise
from stages._paths import CLASSICAL, METRICS, PLOTS
from stages._runner import run

NOISY, DENOISED = "clean_trained", "denoised_clean_trained"
COLUMNS = ["kind", "level", "arm", "n"]


def main(params: Params) -> None:
    make_deterministic(params.seed, THREADS)
    stored = read_clean("test", params.dataset)
    networks, temperatures = read_networks(stored), read_temperatures()
    cells: list[tuple[NoiseKind, float]] = [
        (kind, level) for kind in params.sweep.kinds for level in params.sweep.levels
    ]
    rows: list[dict[str, Any]] = []
    gains: dict[NoiseKind, list[np.ndarray]] = {kind: [] for kind in params.sweep.kinds}
    for kind, level in tqdm(cells, desc="levels"):
        number = None if kind == params.noise.kind else params.sweep.images
        test = with_noise(stored, "test", params.noise.of(kind).at(level), params.seed, number)
        measured, gain = measure(networks, test, level, temperatures, params.seed)
        gains[kind].append(gain)
        rows += [{"kind": kind, "level": level} | row for row in measured]
    table = pd.concat([pd.DataFrame(rows), read_csv(CLASSICAL)])
    metrics = {kind: summarise(params, kind, np.array(gains[kind]), table) for kind in gains}
    trained = metrics.pop(params.noise.kind)
    write_json(METRICS / "sweep.json", trained | {"other_kinds": metrics})
    others = table.columns.difference(COLUMNS, sort=False)
    write_csv(PLOTS / "sweep.csv", table.loc[:, [*COLUMNS, *others]])


def measure(
    networks: dict[str, keras.Model],
    test: NoisyImages,
    level: float,
    temperatures: dict[str, float],
    seed: int,
) -> tuple[list[dict[str, Any]], np.ndarray]:
    """Return a row of measures for each arm, and the gain from denoising for each image, (N,)."""
    verdicts = judge(networks, test.noisy, level)
    right = {arm: correct(verdict.logits, test.labels) for arm, verdict in verdicts.items()}
    classified = {id(verdict.images): verdict.images for verdict in verdicts.values()}
    scores = {key: image_scores(test.clean, images) for key, images in classified.items()}
    rows = [
        {"arm": arm}
        | measures(scores[id(images)], logits, test.labels, right[NOISY], seed)
        | {"ece_calibrated": ece(logits / temperatures[arm], test.labels)}
        for arm, (logits, images) in verdicts.items()
    ]
    return rows, right[DENOISED] - right[NOISY]


def summarise(
    params: Params, kind: NoiseKind, gains: np.ndarray, table: pd.DataFrame
) -> dict[str, Any]:
    """Return the break-even level of a kind of noise, and the area under each arm's accuracy."""
    levels = params.sweep.levels
    areas = {
        arm: area(levels, np.asarray(part["accuracy"]))
        for arm, part in table.loc[table["kind"] == kind].groupby("arm", sort=False)
    }
    return break_even(levels, gains, params.seed, kind) | {"area": areas}


if __name__ == "__main__":
    run("sweep", main)
