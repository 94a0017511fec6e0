"""Measure every arm on test images at every level of every kind of noise; nothing is trained."""

import numpy as np
import pandas as pd
from tqdm import tqdm

from denoising.config.params import Params
from denoising.evaluation.arms import NETWORKS
from denoising.evaluation.break_even import area, break_even, measures
from denoising.evaluation.calibration import ece
from denoising.evaluation.scores import correct
from denoising.evaluation.summaries import image_scores
from denoising.evaluation.verdicts import judge
from denoising.files.tables import read_csv, read_json, write_csv, write_json
from denoising.seeding import make_deterministic
from stages import THREADS
from stages._images import read_clean, with_noise
from stages._models import read_network
from stages._paths import CLASSICAL, METRICS, PLOTS, TEMPERATURES
from stages._runner import run

LEFT_ALONE, DENOISED = "clean_trained", "denoised_clean_trained"
COLUMNS = ["kind", "level", "arm", "n"]


def main(params: Params) -> None:
    make_deterministic(params.seed, THREADS)
    stored = read_clean("test", params.dataset)
    networks = {name: read_network(name, stored) for name in NETWORKS}
    temperatures = read_json(TEMPERATURES)
    rows, metrics = [], {}
    cells = [(kind, level) for kind in params.sweep.kinds for level in params.sweep.levels]
    gains = {kind: [] for kind in params.sweep.kinds}
    for kind, level in tqdm(cells, desc="levels"):
        number = None if kind == params.noise.kind else params.sweep.images
        test = with_noise(stored, "test", params.noise.of(kind).at(level), params.seed, number)
        verdicts = judge(networks, test.noisy, level)
        right = {arm: correct(verdict.logits, test.labels) for arm, verdict in verdicts.items()}
        gains[kind].append(right[DENOISED] - right[LEFT_ALONE])
        judged_by = {id(verdict.images): verdict.images for verdict in verdicts.values()}
        scores = {key: image_scores(test.clean, images) for key, images in judged_by.items()}
        for arm, (logits, images) in verdicts.items():
            before = right[LEFT_ALONE]
            rows.append(
                {"kind": kind, "level": level, "arm": arm}
                | measures(scores[id(images)], logits, test.labels, before, params.seed)
                | {"ece_calibrated": ece(logits / temperatures[arm], test.labels)}
            )
    table = pd.concat([pd.DataFrame(rows), read_csv(CLASSICAL)])
    for kind, found in gains.items():
        metrics[kind] = break_even(params.sweep.levels, np.array(found), params.seed, kind)
        metrics[kind]["area"] = {
            arm: area(params.sweep.levels, part["accuracy"].to_numpy())
            for arm, part in table[table["kind"] == kind].groupby("arm", sort=False)
        }
    trained = metrics.pop(params.noise.kind)
    write_json(METRICS / "sweep.json", trained | {"other_kinds": metrics})
    write_csv(
        PLOTS / "sweep.csv", table[[*COLUMNS, *table.columns.difference(COLUMNS, sort=False)]]
    )


if __name__ == "__main__":
    run("sweep", main)
