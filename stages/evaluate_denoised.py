"""Measure the autoencoder on noisy test images, and both classifiers that see denoised images."""

import numpy as np

from denoising.config.params import Params
from denoising.evaluation.arms import ARMS
from denoising.evaluation.roc import one_vs_rest
from denoising.evaluation.summaries import classification, difference, image_scores, restoration
from denoising.files.figures import write_figure
from denoising.files.tables import write_csv
from denoising.images import as_float
from denoising.inference.engine import Network
from denoising.inference.predict import denoise, predict
from denoising.plots.figures import examples, method_noise, picture_rows, verdicts
from denoising.plots.tables import histogram
from stages._confusion import write_confusion
from stages._images import NoisyImages, read_level, read_noisy
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
BINS = {"psnr": 0.5, "ssim": 0.02}
NETWORKS = ("autoencoder", "classifier_clean", "classifier_denoised", "classifier_noisy")
# The arm, the classifier that it uses, and the arm without denoising that it is compared with.
CLASSIFIERS = {
    "denoised_clean_trained": ("classifier_clean", "clean_trained", "classifier_clean"),
    "denoised_trained": ("classifier_denoised", "noise_trained", "classifier_noisy"),
}


def main(params: Params) -> None:
    names = params.data.source.classes
    test = read_noisy("test", params.dataset)
    networks = {name: read_network(name, test) for name in NETWORKS}
    level = read_level("test")
    denoised = denoise(networks["autoencoder"], test.noisy, level)
    clean = as_float(test.clean)
    scores = {"noisy": image_scores(clean, test.noisy), "denoised": image_scores(clean, denoised)}
    restored = restoration(scores["denoised"], scores["noisy"], params.seed)
    measured, differences, logits = {}, {}, {}
    for arm, (classifier, other, without) in CLASSIFIERS.items():
        logits[arm] = predict(networks[classifier], denoised, level)
        measured[arm] = classification(logits[arm], test.labels, params.seed) | restored
        before = predict(networks[without], test.noisy, level)
        differences[arm, other] = difference(logits[arm], before, test.labels)
    write_arms(ARM_PARTS / "denoised.csv", measured)
    write_differences(DIFFERENCE_PARTS / "denoised.csv", differences)
    after = logits["denoised_clean_trained"]
    curves = one_vs_rest(after, test.labels, names).assign(images="denoised")
    write_csv(PLOTS / "class_roc" / "denoised_clean_trained.csv", curves)
    title = f"{ARMS['clean_trained'].label} on denoised images"
    write_confusion("denoised_clean_trained", title, after, test.labels, names)
    for score, width in BINS.items():
        values = {state: found[score] for state, found in scores.items()}
        write_csv(PLOTS / "distribution" / f"{score}.csv", histogram(values, score, width))
    draw(test, denoised, networks["classifier_clean"], names)
    for arm, measures in measured.items():
        report_result(arm, measures)


def draw(test: NoisyImages, denoised: np.ndarray, classifier: Network, names: list[str]) -> None:
    """Draw an image of each class in each state, with the classifier's prediction."""
    labels, shown = test.labels, examples(test.labels, PICTURES)
    rows = {
        "clean": as_float(test.clean[shown]),
        "noisy": test.noisy[shown],
        "denoised": denoised[shown],
    }
    notes = {
        state: verdicts(predict(classifier, images), labels[shown], names)
        for state, images in rows.items()
    }
    rows["method noise"] = method_noise(rows["noisy"], rows["denoised"])
    write_figure(PLOTS / "pictures" / "denoised.png", picture_rows(rows, notes))


if __name__ == "__main__":
    run("evaluate_denoised", main)
