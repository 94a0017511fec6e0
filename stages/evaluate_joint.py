"""Measure the joint network on noisy test images, compared with the noise-trained classifier."""

from denoising.config.params import Params
from denoising.evaluation.arms import ARMS
from denoising.evaluation.intervals import Estimate
from denoising.evaluation.summaries import classification, difference, image_scores, restoration
from denoising.files.figures import write_figure
from denoising.images import as_float
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


def main(params: Params) -> None:
    names = params.data.source.classes
    test = read_noisy("test", params.dataset)
    clean, labels = as_float(test.clean), test.labels
    level = read_level("test")
    restored, logits = restore_and_classify(read_network("joint", test), test.noisy, level)
    noise_trained = predict(read_network("classifier_noisy", test), test.noisy, level)
    before, after = (image_scores(clean, images) for images in (test.noisy, restored))
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
    rows = {"clean": clean[shown], "noisy": test.noisy[shown], label: restored[shown]}
    rows["method noise"] = method_noise(rows["noisy"], rows[label])
    notes = {label: verdicts(logits[shown], labels[shown], names)}
    write_figure(PLOTS / "pictures" / "joint.png", picture_rows(rows, notes))
    report_result("joint", measures)


if __name__ == "__main__":
    run("evaluate_joint", main)
