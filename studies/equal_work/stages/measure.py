"""Compare the joint network with the classifier of equal work on noisy test images.

`python -m studies.equal_work.stages.measure`.
"""

from itertools import combinations

import pandas as pd

from denoising.config.params import Params
from denoising.evaluation.intervals import paired_difference, proportion
from denoising.evaluation.scores import correct
from denoising.files.tables import read_json, write_csv
from denoising.inference.predict import predict, restore_and_classify
from stages._images import read_level, read_noisy
from stages._models import read_network
from stages._runner import run
from studies.equal_work.stages._settings import OUTPUTS, PLACE, WORK


def main(params: Params) -> None:
    test = read_noisy("test", params.dataset)
    level, work = read_level("test"), read_json(WORK)
    control = read_network("classifier_noisy", test, PLACE.models)
    logits = {
        "joint": restore_and_classify(read_network("joint", test), test.noisy, level)[1],
        "control": predict(control, test.noisy, level),
        "noise_trained": predict(read_network("classifier_noisy", test), test.noisy, level),
    }
    right = {arm: correct(found, test.labels) for arm, found in logits.items()}
    rows = [
        {"arm": arm, "multiply_adds": work["multiply_adds"][arm], "n": len(test.labels)}
        | proportion(found).columns("accuracy")
        for arm, found in right.items()
    ]
    differences = [
        {"arm": arm, "minus": other, **paired_difference(right[arm], right[other])._asdict()}
        for arm, other in combinations(right, 2)
    ]
    write_csv(OUTPUTS / "arms.csv", pd.DataFrame(rows))
    write_csv(OUTPUTS / "differences.csv", pd.DataFrame(differences))


if __name__ == "__main__":
    run("measure_equal_work", main)
