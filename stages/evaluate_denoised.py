"""Measure the autoencoder on noisy test images, and the clean-trained classifier after it."""

from typing import Any

import keras
import numpy as np

from denoising.config.params import Params
from denoising.evaluation.arms import ARMS
from denoising.evaluation.roc import one_vs_rest
from denoising.evaluation.summaries import classification, difference, image_scores, restoration
from denoising.files.figures import write_figure
from denoising.files.tables import read_json, write_csv, write_json
from denoising.images import as_float
from denoising.inference.predict import denoise, predict
from denoising.plots.figures import examples, method_noise, picture_rows, verdicts
from denoising.plots.tables import histogram
from denoising.seeding import make_deterministic
from stages import THREADS
from stages._confusion import write_confusion
from stages._images import NoisyImages, read_noisy
from stages._models import read_network
from stages._paths import METRICS, NOISY, PLOTS
from stages._runner import run

PICTURES = 10
BINS = {"psnr": 0.5, "ssim": 0.02}


def main(params: Params) -> None:
    make_deterministic(params.seed, THREADS)
    names = params.data.source.classes
    test = read_noisy("test", params.dataset)
    clean, labels = as_float(test.clean), test.labels
    level = read_json(NOISY / "test" / "noise.json")["level"]
    denoised = denoise(read_network("autoencoder", test), test.noisy, level)
    classifier = read_network("classifier_clean", test)
    before, after = predict(classifier, test.noisy), predict(classifier, denoised)
    scores = {"noisy": image_scores(clean, test.noisy), "denoised": image_scores(clean, denoised)}
    metrics: dict[str, Any] = restoration(scores["noisy"], scores["denoised"], params.seed)
    metrics["denoised_clean_trained"] = classification(after, labels, params.seed)
    metrics["denoised_minus_clean_trained"] = difference(after, before, labels, params.seed)
    write_json(METRICS / "denoised.json", metrics)
    curves = one_vs_rest(after, labels, names).assign(images="denoised")
    write_csv(PLOTS / "class_roc" / "denoised_clean_trained.csv", curves)
    title = f"{ARMS['clean_trained'].label} on denoised images"
    write_confusion("denoised_clean_trained", title, after, labels, names)
    for score, width in BINS.items():
        values = {state: found[score] for state, found in scores.items()}
        write_csv(PLOTS / "distribution" / f"{score}.csv", histogram(values, score, width))
    draw(test, denoised, classifier, names)


def draw(
    test: NoisyImages, denoised: np.ndarray, classifier: keras.Model, names: list[str]
) -> None:
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
