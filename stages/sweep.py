"""Measure every arm on test images at every level of every kind of noise; nothing is trained."""

import numpy as np
import pandas as pd
from tqdm import tqdm

from denoising.arms import NETWORKS, judge
from denoising.artifacts import read_csv, read_json, write_csv, write_json
from denoising.calibration import ece
from denoising.evaluation import image_scores
from denoising.inference import as_float
from denoising.noise import add_noise, noise_keys
from denoising.params import Params
from denoising.scores import correct
from denoising.seeding import make_deterministic
from denoising.study import area, break_even, measures
from stages import THREADS
from stages.inputs import Images, read_images, read_network
from stages.running import CLASSICAL, METRICS, PLOTS, TEMPERATURES, run

LEFT_ALONE, DENOISED = "clean_trained", "denoised_clean_trained"
COLUMNS = ["kind", "level", "arm", "n"]


def main(params: Params) -> None:
    make_deterministic(params.seed, THREADS)
    stored = read_images("test", params.dataset, noisy=False)
    networks = {name: read_network(name, stored) for name in NETWORKS}
    temperatures = read_json(TEMPERATURES)
    rows, metrics = [], {}
    cells = [(kind, level) for kind in params.sweep.kinds for level in params.sweep.levels]
    gains = {kind: [] for kind in params.sweep.kinds}
    for kind, level in tqdm(cells, desc="levels"):
        test = noisy_test(stored, kind, level, params)
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


def noisy_test(images: Images, kind: str, level: float, params: Params) -> Images:
    """Return test images, clean ones as floats, with noise of this kind and level.

    All of them for the kind of noise that the networks are trained on, and some for the others;
    the noise is that of `add_noise`, so that at its level the images are those that it wrote.
    """
    number = len(images.labels) if kind == params.noise.kind else params.sweep.images
    clean = as_float(images.clean[:number])
    keys = noise_keys(params.seed, "test", kind, range(len(clean)))
    noisy = add_noise(clean, level, keys, kind, params.noise.clip)
    return Images(clean, images.labels[:number], noisy)


if __name__ == "__main__":
    run("sweep", main)
