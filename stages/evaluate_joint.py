"""Measure the joint network on noisy test images, compared with the noise-trained classifier."""

from typing import NamedTuple

import numpy as np

from denoising.config.params import Params
from denoising.evaluation.arms import ARMS
from denoising.evaluation.intervals import Estimate
from denoising.evaluation.scores import ssim_uniform
from denoising.evaluation.summaries import classification, difference, image_scores, restoration
from denoising.files.figures import write_figure
from denoising.images import as_float
from denoising.inference.blocks import by_blocks
from denoising.inference.predict import predict, restore_and_classify
from denoising.plots.figures import examples, method_noise, picture_rows, verdicts
from stages._confusion import write_confusion
from stages._images import read_level, read_noisy
from stages._measures import (
    ARM_PARTS,
    DIFFERENCE_PARTS,
    report_result,
    write_arms,
    write_differences,
)
from stages._models import read_network
from stages._paths import PLOTS
from stages._runner import run

PICTURES = 10


class Measured(NamedTuple):
    """The joint network's logits, those of the noise-trained classifier, and the scores of images.

    `before` are the scores of the noisy images, `after` those of the restored ones.
    """

    logits: np.ndarray
    noise_trained: np.ndarray
    before: dict[str, np.ndarray]
    after: dict[str, np.ndarray]


def main(params: Params) -> None:
    names = params.data.source.classes
    test = read_noisy("test", params.dataset)
    labels, joint = test.labels, read_network("joint", test, params.threads)
    classifier, level = read_network("classifier_noisy", test, params.threads), read_level("test")

    def measure(part: slice) -> Measured:
        clean, noisy = test.clean[part], test.noisy[part]
        restored, logits = restore_and_classify(joint, noisy, level)
        before, after = (
            image_scores(clean, images, [ssim_uniform]) for images in (noisy, restored)
        )
        return Measured(logits, predict(classifier, noisy, level), before, after)

    logits, noise_trained, before, after = by_blocks(measure, test.clean.shape)
    measures = classification(logits, labels, params.seed)
    measures |= restoration(after, before, params.seed)
    weight = params.joint.classification_weight
    loss = weight * measures["nll"].value + (1 - weight) * measures["mse"].value
    write_arms(ARM_PARTS / "joint.csv", {"joint": measures | {"loss": Estimate(loss)}})
    gain = difference(logits, noise_trained, labels)
    write_differences(DIFFERENCE_PARTS / "joint.csv", {("joint", "noise_trained"): gain})
    label = ARMS["joint"].label
    write_confusion("joint", f"{label} on noisy images", logits, labels, names)
    shown = examples(labels, PICTURES)
    rows = {"clean": as_float(test.clean[shown]), "noisy": as_float(test.noisy[shown])}
    rows[label], _ = restore_and_classify(joint, rows["noisy"], level)
    rows["method noise"] = method_noise(rows["noisy"], rows[label])
    notes = {label: verdicts(logits[shown], labels[shown], names)}
    write_figure(PLOTS / "pictures" / "joint.png", picture_rows(rows, notes))
    report_result("joint", measures)


if __name__ == "__main__":
    run("evaluate_joint", main)
