"""Compare the joint network with the classifier of equal work on noisy test images.

`python -m studies.equal_work.stages.measure`.
"""

from itertools import combinations

import numpy as np
import pandas as pd

from denoising.config.params import Params
from denoising.evaluation.intervals import proportion
from denoising.evaluation.scores import correct
from denoising.evaluation.summaries import difference
from denoising.files.tables import read_json, write_csv
from denoising.inference.blocks import by_blocks
from denoising.inference.predict import predict, restore_and_classify
from stages._images import read_level, read_noisy
from stages._measures import write_differences
from stages._models import read_network
from stages._runner import run
from studies.equal_work.stages._settings import OUTPUTS, PLACE, WORK


def main(params: Params) -> None:
    test = read_noisy("test", params.dataset)
    level, work = read_level("test"), read_json(WORK)
    joint = read_network("joint", test, params.threads)
    control = read_network("classifier_noisy", test, params.threads, PLACE.models)
    noise_trained = read_network("classifier_noisy", test, params.threads)

    def classify(part: slice) -> dict[str, np.ndarray]:
        noisy = test.noisy[part]
        return {
            "joint": restore_and_classify(joint, noisy, level)[1],
            "control": predict(control, noisy, level),
            "noise_trained": predict(noise_trained, noisy, level),
        }

    logits = by_blocks(classify, test.clean.shape)
    rows = [
        {"arm": arm, "multiply_adds": work["multiply_adds"][arm], "n": len(test.labels)}
        | proportion(correct(found, test.labels)).columns("accuracy")
        for arm, found in logits.items()
    ]
    write_csv(OUTPUTS / "arms.csv", pd.DataFrame(rows))
    differences = {
        (arm, other): difference(logits[arm], logits[other], test.labels)
        for arm, other in combinations(logits, 2)
    }
    write_differences(OUTPUTS / "differences.csv", differences)


if __name__ == "__main__":
    run("measure_equal_work", main)
