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
from denoising.inference.blocks import by_blocks
from denoising.inference.engine import Network
from stages._images import Images, read_clean
from stages._measured import with_noise
from stages._models import read_network
from stages._runner import run
from studies.noise_levels.stages._arms import OUTPUTS, PLACE, read_levels

LEVEL, RANGE = "level", "range"
"""The two sets of networks: the pipeline's, and those of this study."""
SHARED = "classifier_clean"  # of both sets, as it is trained without noise

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
        found = scored({LEVEL: single, RANGE: ranged}, test, noise, params.seed)
        for trained_on, arms in found.items():
            for arm, scores in arms.items():
                row = {"level": level, "trained_on": trained_on, "arm": arm, "n": len(test.labels)}
                row |= proportion(scores["right"]).columns("accuracy")
                rows.append(row | mean(scores["psnr"], params.seed).columns("psnr"))
        for arm, scores in found[RANGE].items():
            gain = paired_difference(scores["right"], found[LEVEL][arm]["right"])
            differences.append({"level": level, "arm": arm, **gain._asdict()})
    write_csv(OUTPUTS / "arms.csv", pd.DataFrame(rows))
    write_csv(OUTPUTS / "arm_differences.csv", pd.DataFrame(differences))


def scored(
    networks: Mapping[str, Mapping[str, Network]], test: Images, noise: Noise, seed: int
) -> dict[str, Scores]:
    """Return the scores of every arm of each set of networks on the test images with noise."""

    def find(block: slice) -> dict[str, Scores]:
        part = with_noise(test, "test", noise, seed, np.arange(block.start, block.stop))
        found = {
            name: judge(ours, part.noisy, noise.level, clean_trained=name != RANGE)
            for name, ours in networks.items()
        }
        return {
            name: {
                arm: {
                    "right": correct(logits, part.labels),
                    "psnr": psnr(part.clean, np.clip(images, 0, 1)),
                }
                for arm, (logits, images) in verdicts.items()
            }
            for name, verdicts in found.items()
        }

    return by_blocks(find, test.clean.shape)


if __name__ == "__main__":
    run("measure_noise_levels_arms", main)
