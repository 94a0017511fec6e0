"""Train and measure one recipe: `python -m recipes.run NAME`, in the repository's root."""

import sys
from pathlib import Path

import stages

# isort: split
import keras
import numpy as np
import pandas as pd
from keras.metrics import CategoricalAccuracy, MeanAbsoluteError

from denoising.artifacts import write_csv, write_figure, write_json
from denoising.complexity import multiply_adds
from denoising.datasets.registry import load
from denoising.datasets.splits import Split
from denoising.evaluation import average, classification, image_scores, restoration
from denoising.figures import curves, examples, picture_rows
from denoising.inference import as_float, denoise, padding, predict
from denoising.losses import classification_loss, reconstruction_loss
from denoising.networks import build
from denoising.networks import load as load_network
from denoising.noise import add_noise, noise_keys
from denoising.params import Augmentation, Noise, Params
from denoising.scores import correct, ssim_range_2, ssim_uniform
from denoising.seeding import faster_precision, make_deterministic
from denoising.tables import histogram
from denoising.training import Batches, fit, fresh_noise
from recipes.settings import Classifier, Recipe, read_recipe
from stages.running import run

HERE = Path("recipes")
PATIENCE = 10
PICTURES = 10
PUBLISHED_SSIM = (ssim_uniform, ssim_range_2)
# What is drawn of each image: a label, and the width of the histogram's bins.
SCORES = {"psnr": ("PSNR, dB", 0.5), "ssim": ("SSIM", 0.02), "mae": ("MAE", 0.005)}


def main(params: Params, name: str) -> None:
    recipe, seed = read_recipe(name)
    make_deterministic(seed, stages.THREADS)
    precision = faster_precision() if recipe.precision == "auto" else recipe.precision
    keras.config.set_dtype_policy(precision)
    splits = load(params.datasets[recipe.dataset].source, recipe.dataset, seed)
    noisy = {split: stored_noise(splits[split], split, recipe.noise, seed) for split in splits}
    model, history = train_denoiser(recipe, splits, noisy, seed)
    denoised = denoise(model, noisy["test"])
    metrics = {"train": len(splits["train"].labels), "epochs": len(history)}
    metrics |= cost(recipe, splits["test"])
    metrics["validation"] = validate(model, splits["validation"], noisy["validation"])
    scores = score(splits["test"], noisy["test"], denoised)
    metrics |= summarise(scores, seed)
    draw(name, history, scores, splits["test"], noisy["test"], denoised)
    if recipe.classifier:
        classes = len(params.datasets[recipe.dataset].source.classes)
        metrics["classification"] = classify(
            recipe.classifier, splits, noisy, denoised, classes, seed
        )
    write_json(HERE / "metrics" / f"{name}.json", metrics)


def cost(recipe: Recipe, split: Split) -> dict[str, int]:
    """Return the size of a recipe's network, and what one image costs it."""
    network = load_network(recipe.network, "autoencoder", recipe.options)
    model = network.build(split.images.shape[1:], **recipe.options)
    return {"parameters": model.count_params(), "multiply_adds": multiply_adds(model)}


def stored_noise(split: Split, name: str, noise: Noise, seed: int) -> np.ndarray:
    """Return the noisy images of a split, ``float32``, the same in every epoch."""
    keys = noise_keys(seed, name, noise.kind, range(len(split.labels)))
    return add_noise(as_float(split.images), noise.level, keys, noise.kind, noise.clip)


def train_denoiser(recipe: Recipe, splits: dict, noisy: dict, seed: int):
    """Return the trained denoiser and its history."""
    fresh = recipe.training_noise == "fresh"
    common = {"classes": 0, "target": "reconstruction", "seed": seed}
    train = Batches(
        splits["train"].images,
        splits["train"].labels,
        stored=None if fresh else noisy["train"],
        degrade=fresh_noise(recipe.noise, seed) if fresh else None,
        augmentation=Augmentation(flip=recipe.flip, shift=0),
        batch_size=recipe.batch_size,
        **common,
    )
    validation = Batches(
        splits["validation"].images,
        splits["validation"].labels,
        stored=noisy["validation"],
        batch_size=recipe.batch_size,
        **common,
    )
    shape = splits["train"].images.shape[1:]
    model = build(recipe.network, "autoencoder", recipe.options, shape)
    train.growth = validation.growth = padding(model, shape)
    history = fit(
        model,
        train,
        validation,
        loss=reconstruction_loss(recipe.loss),
        metrics=[MeanAbsoluteError(name="mae")],
        epochs=recipe.epochs,
        learning_rate=recipe.learning_rate,
        schedule=recipe.schedule,
        patience=PATIENCE,
        progress=sys.stdout.isatty(),
    )
    return model, history


def validate(model: keras.Model, split: Split, noisy: np.ndarray) -> dict[str, float]:
    """Return what the choices between recipes are made on: averages over validation images."""
    found = image_scores(as_float(split.images), denoise(model, noisy), PUBLISHED_SSIM)
    return {name: float(values.mean()) for name, values in found.items()}


def score(test: Split, noisy: np.ndarray, denoised: np.ndarray) -> dict[str, dict]:
    """Return the scores of each noisy and each denoised image, and what was gained."""
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
    """Return averages over the test images, with their intervals."""
    metrics = restoration(scores["noisy"], scores["denoised"], seed)
    for name in ("ssim_uniform", "ssim_range_2", "mae"):
        for state, suffix in (("denoised", ""), ("noisy", "_noisy"), ("gain", "_gain")):
            metrics |= average(f"{name}{suffix}", scores[state][name], seed)
    return metrics


def draw(
    name: str,
    history: pd.DataFrame,
    scores: dict[str, dict],
    test: Split,
    noisy: np.ndarray,
    denoised: np.ndarray,
) -> None:
    """Write the losses, the distributions of the scores, and pictures of them and of images."""
    folder = HERE / "plots" / name
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
    settings: Classifier, splits: dict, noisy: dict, denoised: np.ndarray, classes: int, seed: int
) -> dict[str, dict[str, float]]:
    """Train a classifier on clean and one on noisy images, and measure both, and denoising."""
    labels = splits["test"].labels
    clean_trained = train_classifier(settings, splits, None, classes, seed)
    noise_trained = train_classifier(settings, splits, noisy, classes, seed)
    on_clean = correct(predict(clean_trained, splits["test"].images), labels)
    arms = {
        "clean_trained": predict(clean_trained, noisy["test"]),
        "denoised_clean_trained": predict(clean_trained, denoised),
        "noise_trained": predict(noise_trained, noisy["test"]),
    }
    metrics = {arm: classification(logits, labels, seed) for arm, logits in arms.items()}
    metrics["clean_trained"] |= average("accuracy_clean", on_clean, seed)
    return metrics


def train_classifier(
    settings: Classifier, splits: dict, noisy: dict | None, classes: int, seed: int
) -> keras.Model:
    """Return a classifier trained on clean images, or on `noisy` ones."""
    keras.utils.set_random_seed(seed)
    train, validation = (
        Batches(
            splits[split].images,
            splits[split].labels,
            classes=classes,
            target="classification",
            batch_size=settings.batch_size,
            seed=seed,
            stored=noisy[split] if noisy else None,
            augmentation=Augmentation(flip=False, shift=0) if split == "train" else None,
        )
        for split in ("train", "validation")
    )
    shape = splits["train"].images.shape[1:]
    model = build(settings.network, "classifier", {}, shape, classes)
    fit(
        model,
        train,
        validation,
        loss=classification_loss(0.0),
        metrics=[CategoricalAccuracy(name="accuracy")],
        epochs=settings.epochs,
        learning_rate=settings.learning_rate,
        schedule="constant",
        patience=PATIENCE,
        progress=sys.stdout.isatty(),
    )
    return model


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: python -m recipes.run NAME")
    run(f"recipe@{sys.argv[1]}", lambda params: main(params, sys.argv[1]))
