"""Measure the autoencoder on noisy test images, and both classifiers that see denoised images."""

from typing import NamedTuple

import numpy as np

from denoising.config.params import Params
from denoising.evaluation.arms import ARMS
from denoising.evaluation.roc import one_vs_rest
from denoising.evaluation.scores import ssim_uniform
from denoising.evaluation.summaries import classification, difference, image_scores, restoration
from denoising.files.figures import write_figure
from denoising.files.tables import write_csv
from denoising.images import as_float
from denoising.inference.blocks import by_blocks
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


class Measured(NamedTuple):
    """Scores of the noisy and of the denoised images, and logits, by the names of arms.

    `after` are those on denoised images, `before` those of the same arm without denoising.
    """

    scores: dict[str, dict[str, np.ndarray]]
    after: dict[str, np.ndarray]
    before: dict[str, np.ndarray]


def main(params: Params) -> None:
    names = params.data.source.classes
    test = read_noisy("test", params.dataset)
    networks = {name: read_network(name, test, params.threads) for name in NETWORKS}
    level = read_level("test")
    scores, logits, before = measure(networks, test, level)
    restored = restoration(scores["denoised"], scores["noisy"], params.seed)
    measured, differences = {}, {}
    for arm, (_, other, _) in CLASSIFIERS.items():
        measured[arm] = classification(logits[arm], test.labels, params.seed) | restored
        differences[arm, other] = difference(logits[arm], before[arm], test.labels)
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
    draw(test, networks, level, names)
    for arm, measures in measured.items():
        report_result(arm, measures)


def measure(networks: dict[str, Network], test: NoisyImages, level: float) -> Measured:
    """Denoise, score and classify the images, block by block."""

    def seen_by(name: str, images: np.ndarray) -> np.ndarray:
        return predict(networks[name], images, level)

    def find(part: slice) -> Measured:
        clean, noisy = test.clean[part], test.noisy[part]
        denoised = denoise(networks["autoencoder"], noisy, level)
        states = {"noisy": noisy, "denoised": denoised}
        return Measured(
            {
                state: image_scores(clean, images, [ssim_uniform])
                for state, images in states.items()
            },
            {arm: seen_by(name, denoised) for arm, (name, _, _) in CLASSIFIERS.items()},
            {arm: seen_by(name, noisy) for arm, (_, _, name) in CLASSIFIERS.items()},
        )

    return by_blocks(find, test.clean.shape)


def draw(test: NoisyImages, networks: dict[str, Network], level: float, names: list[str]) -> None:
    """Draw an image of each class in each state, with the clean-trained classifier's prediction."""
    labels, shown = test.labels, examples(test.labels, PICTURES)
    rows = {"clean": as_float(test.clean[shown]), "noisy": as_float(test.noisy[shown])}
    rows["denoised"] = denoise(networks["autoencoder"], rows["noisy"], level)
    notes = {
        state: verdicts(predict(networks["classifier_clean"], images), labels[shown], names)
        for state, images in rows.items()
    }
    rows["method noise"] = method_noise(rows["noisy"], rows["denoised"])
    write_figure(PLOTS / "pictures" / "denoised.png", picture_rows(rows, notes))


if __name__ == "__main__":
    run("evaluate_denoised", main)
