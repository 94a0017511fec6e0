"""Measure the autoencoder on noisy test images, and the clean-trained classifier behind it."""

from denoising.artifacts import read_model, write_figure, write_json
from denoising.evaluation import classification, difference, restoration
from denoising.figures import examples, picture_rows
from denoising.inference import as_float, denoise, predict
from denoising.params import Params
from denoising.seeding import make_deterministic
from stages import THREADS
from stages.running import METRICS, MODELS, PLOTS, read_images, run

PICTURES = 10


def main(params: Params) -> None:
    make_deterministic(params.seed, THREADS)
    test = read_images("test")
    clean, labels = as_float(test.clean), test.labels
    denoised = denoise(read_model(MODELS / "autoencoder.keras"), test.noisy)
    classifier = read_model(MODELS / "classifier_clean.keras")
    before, after = predict(classifier, test.noisy), predict(classifier, denoised)
    metrics = restoration(clean, test.noisy, denoised, params.seed)
    metrics["denoised_clean_trained"] = classification(after, labels, params.seed)
    metrics["denoised_minus_clean_trained"] = difference(after, before, labels, params.seed)
    write_json(METRICS / "denoised.json", metrics)
    shown = examples(labels, PICTURES)
    rows = {"clean": clean[shown], "noisy": test.noisy[shown], "denoised": denoised[shown]}
    write_figure(PLOTS / "pictures" / "denoised.png", picture_rows(rows))


if __name__ == "__main__":
    run("evaluate_denoised", main)
