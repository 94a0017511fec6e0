"""Measure the autoencoder on noisy test images, and the clean-trained classifier behind it."""

import numpy as np

from denoising.config.params import Params
from denoising.evaluation.roc import one_vs_rest
from denoising.evaluation.summaries import classification, difference, image_scores, restoration
from denoising.files.figures import write_figure
from denoising.files.tables import read_json, write_csv, write_json
from denoising.images import as_float
from denoising.inference.predict import denoise, predict
from denoising.plots.figures import examples, method_noise, picture_rows, verdicts
from denoising.plots.tables import confusion, histogram
from denoising.seeding import make_deterministic
from stages import THREADS
from stages._images import read_noisy
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
    metrics = restoration(scores["noisy"], scores["denoised"], params.seed)
    metrics["denoised_clean_trained"] = classification(after, labels, params.seed)
    metrics["denoised_minus_clean_trained"] = difference(after, before, labels, params.seed)
    write_json(METRICS / "denoised.json", metrics)
    curves = one_vs_rest(after, labels, names).assign(images="denoised")
    write_csv(PLOTS / "class_roc" / "denoised_clean_trained.csv", curves)
    table = confusion(after, labels, names).assign(arm="clean_trained, denoised images")
    write_csv(PLOTS / "confusion" / "denoised_clean_trained.csv", table)
    for score, width in BINS.items():
        values = {state: found[score] for state, found in scores.items()}
        write_csv(PLOTS / "distribution" / f"{score}.csv", histogram(values, score, width))
    draw(clean, test.noisy, denoised, classifier, labels, names)


def draw(
    clean: np.ndarray, noisy: np.ndarray, denoised: np.ndarray, classifier, labels, names
) -> None:
    """Draw an image of each class in each state, with what the classifier says of it."""
    shown = examples(labels, PICTURES)
    rows = {"clean": clean[shown], "noisy": noisy[shown], "denoised": denoised[shown]}
    notes = {
        state: verdicts(predict(classifier, images), labels[shown], names)
        for state, images in rows.items()
    }
    rows["method noise"] = method_noise(rows["noisy"], rows["denoised"])
    write_figure(PLOTS / "pictures" / "denoised.png", picture_rows(rows, notes))


if __name__ == "__main__":
    run("evaluate_denoised", main)
