"""Score a recipe on test images: `python -m studies.published.stages.evaluate NAME`."""

import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from denoising.config.params import Params
from denoising.config.recipe import read_recipe
from denoising.datasets.registry import load_named
from denoising.datasets.splits import Split
from denoising.evaluation.intervals import mean, proportion
from denoising.evaluation.scores import correct, ssim_range_2, ssim_uniform
from denoising.evaluation.summaries import classification, columns, image_scores
from denoising.files.figures import write_figure
from denoising.files.tables import read_json, write_csv, write_json
from denoising.images import as_float
from denoising.inference.engine import open_network
from denoising.inference.predict import denoise, predict
from denoising.noise.apply import noisy_images
from denoising.plots.figures import curves, examples, picture_rows
from denoising.plots.tables import histogram
from stages._paths import MODELS
from stages._runner import run

STUDY = Path("studies/published")
NETWORKS = MODELS / "published"
OUTPUTS = Path("data/published")
PICTURES = 10
PUBLISHED_SSIM = (ssim_uniform, ssim_range_2)
# Scores drawn as histograms, with their labels and the widths of the bins.
SCORES = {"psnr": ("PSNR, dB", 0.5), "ssim": ("SSIM", 0.02), "mae": ("MAE", 0.005)}


def main(params: Params, name: str) -> None:
    recipe, seed = read_recipe(name, STUDY)
    splits = load_named(params.datasets, recipe.dataset, seed)
    test = splits["test"]
    noisy, noisy_validation = (
        noisy_images(splits[part].images, recipe.noise, seed, part)
        for part in ("test", "validation")
    )
    model = open_network(NETWORKS / name / "denoiser.onnx", params.threads)
    history = pd.read_csv(NETWORKS / name / "denoiser.csv")
    denoised = denoise(model, noisy, recipe.noise.level)
    denoised_validation = denoise(model, noisy_validation, recipe.noise.level)
    metrics: dict[str, Any] = {"train": len(splits["train"].labels), "epochs": len(history)}
    metrics |= read_json(NETWORKS / name / "cost.json")
    metrics["validation"] = validate(splits["validation"], denoised_validation)
    scores = score(test, noisy, denoised)
    metrics |= summarise(scores, seed)
    draw(name, history, scores, test, noisy, denoised)
    if recipe.classifier:
        metrics["classification"] = classify(name, test, noisy, denoised, seed, params.threads)
    write_json(OUTPUTS / "metrics" / f"{name}.json", metrics)


def validate(split: Split, denoised: np.ndarray) -> dict[str, float]:
    """Return averages over the validation images, on which recipes are chosen."""
    found = image_scores(as_float(split.images), denoised, PUBLISHED_SSIM)
    return {name: float(values.mean()) for name, values in found.items()}


def score(test: Split, noisy: np.ndarray, denoised: np.ndarray) -> dict[str, dict]:
    """Return the scores of each noisy and each denoised image, and their gains."""
    clean = as_float(test.images)
    before = image_scores(clean, noisy, PUBLISHED_SSIM)
    after = image_scores(clean, denoised, PUBLISHED_SSIM)
    gain = {
        name: before[name] - after[name] if name == "mae" else after[name] - before[name]
        for name in before
        if name not in ("mse", "bce")
    }
    return {"noisy": before, "denoised": after, "gain": gain}


def summarise(scores: dict[str, dict], seed: int) -> dict[str, float]:
    """Return averages over the test images, with intervals."""
    metrics = {name: mean(values, seed) for name, values in scores["denoised"].items()}
    for name in scores["gain"]:
        for state in ("noisy", "gain"):
            metrics[f"{name}_{state}"] = mean(scores[state][name], seed)
    return columns(metrics)


def draw(
    name: str,
    history: pd.DataFrame,
    scores: dict[str, dict],
    test: Split,
    noisy: np.ndarray,
    denoised: np.ndarray,
) -> None:
    """Write the losses, the histograms of the scores, a figure of both, and example images."""
    folder = OUTPUTS / "plots" / name
    write_csv(folder / "history.csv", history)
    tables = {}
    for key, (label, width) in SCORES.items():
        values = {state: found[key] for state, found in scores.items()}
        tables[label] = histogram(values, key, width)
        write_csv(folder / f"{key}.csv", tables[label])
    write_figure(folder / "curves.png", curves(history, tables))
    shown = examples(test.labels, PICTURES)
    rows = {
        "original": as_float(test.images[shown]),
        "noisy": noisy[shown],
        "denoised": denoised[shown],
    }
    write_figure(folder / "pictures.png", picture_rows(rows))


def classify(
    name: str, test: Split, noisy: np.ndarray, denoised: np.ndarray, seed: int, threads: int
) -> dict[str, dict[str, float]]:
    """Measure the clean-trained and noise-trained classifiers, and the former after denoising."""
    clean_trained, noise_trained = (
        open_network(NETWORKS / name / f"classifier_{data}.onnx", threads)
        for data in ("clean", "noisy")
    )
    arms = {
        "clean_trained": predict(clean_trained, noisy),
        "denoised_clean_trained": predict(clean_trained, denoised),
        "noise_trained": predict(noise_trained, noisy),
    }
    metrics = {arm: classification(logits, test.labels, seed) for arm, logits in arms.items()}
    on_clean = correct(predict(clean_trained, test.images), test.labels)
    metrics["clean_trained"]["accuracy_clean"] = proportion(on_clean)
    return {arm: columns(measures) for arm, measures in metrics.items()}


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: python -m studies.published.stages.evaluate NAME")
    run(f"evaluate_published@{sys.argv[1]}", lambda params: main(params, sys.argv[1]))
