"""Measure the joint network on noisy test images, compared with the noise-trained classifier."""

from typing import Any

from denoising.config.params import Params
from denoising.evaluation.arms import ARMS
from denoising.evaluation.summaries import classification, difference, image_scores, restoration
from denoising.files.figures import write_figure
from denoising.files.tables import write_json
from denoising.images import as_float
from denoising.inference.predict import predict, restore_and_classify
from denoising.plots.figures import examples, method_noise, picture_rows, verdicts
from denoising.seeding import make_deterministic
from stages import THREADS
from stages._confusion import write_confusion
from stages._images import read_noisy
from stages._models import read_network
from stages._paths import METRICS, PLOTS
from stages._runner import run

PICTURES = 10


def main(params: Params) -> None:
    make_deterministic(params.seed, THREADS)
    names = params.data.source.classes
    test = read_noisy("test", params.dataset)
    clean, labels = as_float(test.clean), test.labels
    restored, logits = restore_and_classify(read_network("joint", test), test.noisy)
    noise_trained = predict(read_network("classifier_noisy", test), test.noisy)
    metrics: dict[str, Any] = {"joint": classification(logits, labels, params.seed)}
    metrics["joint_minus_noise_trained"] = difference(logits, noise_trained, labels, params.seed)
    before, after = (image_scores(clean, images) for images in (test.noisy, restored))
    metrics |= restoration(before, after, params.seed)
    weight = params.joint.classification_weight
    metrics["classification_loss"] = metrics["joint"]["nll"]
    metrics["reconstruction_loss"] = metrics["mse"]
    metrics["loss"] = weight * metrics["joint"]["nll"] + (1 - weight) * metrics["mse"]
    write_json(METRICS / "joint.json", metrics)
    write_confusion("joint", f"{ARMS['joint'].label} on noisy images", logits, labels, names)
    shown = examples(labels, PICTURES)
    rows = {"clean": clean[shown], "noisy": test.noisy[shown], "joint": restored[shown]}
    rows["method noise"] = method_noise(rows["noisy"], rows["joint"])
    notes = {"joint": verdicts(logits[shown], labels[shown], names)}
    write_figure(PLOTS / "pictures" / "joint.png", picture_rows(rows, notes))


if __name__ == "__main__":
    run("evaluate_joint", main)
