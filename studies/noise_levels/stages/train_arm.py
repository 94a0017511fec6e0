"""Train a network of the pipeline on a range of levels.

`python -m studies.noise_levels.stages.train_arm NAME`, where NAME is ``classifier_noisy``,
``autoencoder``, ``classifier_denoised`` or ``joint``. All else is as in `params.yaml`.
"""

import sys
from functools import partial

from denoising.config.params import Params
from stages import train_autoencoder, train_classifier, train_joint
from stages._processes import run_training
from studies.noise_levels.stages._arms import PLACE, over_range

TRAININGS = {
    "classifier_noisy": partial(train_classifier.main, data="noisy"),
    "autoencoder": train_autoencoder.main,
    "classifier_denoised": partial(train_classifier.main, data="denoised"),
    "joint": train_joint.main,
}


def main(params: Params, name: str) -> None:
    TRAININGS[name](over_range(params), place=PLACE)


if __name__ == "__main__":
    if sys.argv[1:] not in ([name] for name in TRAININGS):
        names = ",".join(TRAININGS)
        sys.exit(f"usage: python -m studies.noise_levels.stages.train_arm {{{names}}}")
    run_training(f"train_noise_levels_arm@{sys.argv[1]}", lambda params: main(params, sys.argv[1]))
