"""Measure the arms trained at one level and those trained on a range, at every level.

`python -m studies.noise_levels.stages.measure_arms`. The noise is of the trained kind.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from tqdm import tqdm

from denoising.config.noise import Noise
from denoising.config.params import Params
from denoising.evaluation.arms import NETWORKS
from denoising.evaluation.intervals import mean, paired_difference, proportion
from denoising.evaluation.scores import correct, psnr
from denoising.evaluation.verdicts import judge
from denoising.files.tables import write_csv
from denoising.images import as_float
from denoising.inference.engine import Network
from denoising.noise.apply import noisy_images
from stages._images import Images, read_clean
from stages._models import read_network
from stages._runner import run
from studies.noise_levels.stages._arms import OUTPUTS, PLACE, read_levels

BLOCK = 1000  # images that are in memory at a time
SHARED = "classifier_clean"  # of both sets, as it is trained without noise
ALIKE = "clean_trained"

Scores = dict[str, dict[str, np.ndarray]]
"""For each arm, whether it is ``right`` about each image, and ``psnr`` of what it classified."""


def main(params: Params) -> None:
    read_levels(params)
    test = read_clean("test", params.dataset)
    single = {name: read_network(name, test, params.threads) for name in NETWORKS}
    ranged = {
        name: single[name]
        if name == SHARED
        else read_network(name, test, params.threads, PLACE.models)
        for name in NETWORKS
    }
    rows: list[dict[str, Any]] = []
    differences: list[dict[str, Any]] = []
    for level in tqdm(params.sweep.levels, desc="levels"):
        noise = params.noise.at(level)
        found = {
            name: scored(networks, test, noise, params.seed)
            for name, networks in (("level", single), ("range", ranged))
        }
        del found["range"][ALIKE]
        for trained_on, arms in found.items():
            for arm, scores in arms.items():
                row = {"level": level, "trained_on": trained_on, "arm": arm, "n": len(test.labels)}
                row |= proportion(scores["right"]).columns("accuracy")
                rows.append(row | mean(scores["psnr"], params.seed).columns("psnr"))
        for arm, scores in found["range"].items():
            gain = paired_difference(scores["right"], found["level"][arm]["right"])
            differences.append({"level": level, "arm": arm, **gain._asdict()})
    write_csv(OUTPUTS / "arms.csv", pd.DataFrame(rows))
    write_csv(OUTPUTS / "arm_differences.csv", pd.DataFrame(differences))


def scored(networks: Mapping[str, Network], test: Images, noise: Noise, seed: int) -> Scores:
    """Return the scores of every arm on the test images with noise."""
    parts: dict[str, dict[str, list[np.ndarray]]] = {}
    for start in range(0, len(test.labels), BLOCK):
        chosen = np.arange(start, min(start + BLOCK, len(test.labels)))
        clean = as_float(test.clean[chosen])
        noisy = noisy_images(clean, noise, seed, "test", indices=chosen)
        for arm, (logits, images) in judge(networks, noisy, noise.level).items():
            part = parts.setdefault(arm, {"right": [], "psnr": []})
            part["right"].append(correct(logits, test.labels[chosen]))
            part["psnr"].append(psnr(clean, np.clip(images, 0, 1)))
    return {
        arm: {name: np.concatenate(values) for name, values in part.items()}
        for arm, part in parts.items()
    }


if __name__ == "__main__":
    run("measure_noise_levels_arms", main)
