"""Train the networks of a study's recipe."""

from pathlib import Path
from typing import Any

import keras
import numpy as np
from keras.metrics import CategoricalAccuracy, MeanAbsoluteError

from denoising.config.card import noise_entries
from denoising.config.noise import Noise
from denoising.config.recipe import Recipe
from denoising.config.training import Augmentation
from denoising.datasets.splits import Split
from denoising.files.arrays import kept_on_disk
from denoising.files.digests import file_digest
from denoising.files.errors import UserError
from denoising.files.models import read_model
from denoising.networks.complexity import multiply_adds
from denoising.networks.model_inputs import padding
from denoising.networks.registry import build, load
from denoising.noise.storage import storage_type
from denoising.training import session
from denoising.training.batches import Batches, BatchSettings, Samples
from denoising.training.checkpoints import Checkpoint
from denoising.training.loop import Course, Objective
from denoising.training.losses import classification_loss, reconstruction_loss
from stages._batches import NoiseSettings, card_of, make_batches
from stages._noise import noisy_blocks
from stages._paths import CHECKPOINTS, MODELS

PATIENCE = 10  # epochs; a cosine schedule always runs to its end, where it gains most


def train_denoiser(folder: Path, recipe: Recipe, splits: dict[str, Split], seed: int) -> Checkpoint:
    """Train the denoiser of a recipe and write it into `folder`; return its checkpoint."""
    settings = BatchSettings(
        "reconstruction", recipe.batch_size, seed, level_known=recipe.level_known
    )
    batches = _batches(recipe, splits, settings, noise_range=recipe.noise_range)
    return train_on(folder, recipe, batches, seed)


def train_on(
    folder: Path,
    recipe: Recipe,
    batches: tuple[Batches, Batches],
    seed: int,
    start: Path | None = None,
) -> Checkpoint:
    """Train the denoiser of a recipe on batches, as `train_denoiser` does.

    Parameters
    ----------
    start : a ``.keras`` file with the weights to go on from, of the same network.
    """
    shape = batches[0].samples.clean.shape[1:]
    key = f"recipes.{folder.name}.options"
    model = build(recipe.network, "autoencoder", recipe.all_options, shape, key=key)
    settings: dict[str, Any] = {"recipe": recipe.model_dump(), "seed": seed}
    if start:
        _take_weights(model, start)
        settings["start"] = file_digest(start)
    return session.train(
        model,
        batches,
        Objective(reconstruction_loss(recipe.loss), [MeanAbsoluteError(name="mae")]),
        Course(
            recipe.epochs,
            recipe.learning_rate,
            recipe.schedule,
            recipe.epochs if recipe.schedule == "cosine" else PATIENCE,
            averaging=recipe.weight_averaging,
        ),
        _outputs(folder, "denoiser"),
        card_of(batches, recipe.dataset, **noise_entries(recipe.noise, recipe)),
        settings,
    )


def _take_weights(model: keras.Model, start: Path) -> None:
    """Give a model the weights of a file; raise `UserError` if those are of another network."""
    given = read_model(start).get_weights()
    if [each.shape for each in given] != [each.shape for each in model.get_weights()]:
        raise UserError(
            f"{start} has the weights of another network than {model.name} with these options. "
            "Give both sittings the same network and options."
        )
    model.set_weights(given)


def train_classifier(
    folder: Path, recipe: Recipe, splits: dict[str, Split], data: str, classes: list[str], seed: int
) -> Checkpoint:
    """Train the classifier of a recipe on ``clean`` or ``noisy`` images, as `train_denoiser` does.

    `data` is ``clean`` or ``noisy``; `classes` are the names of the classes.
    """
    keras.utils.set_random_seed(seed)
    classifier = recipe.classifier
    if classifier is None:
        raise ValueError(f"The recipe {folder.name} has no classifier")
    settings = BatchSettings("classification", classifier.batch_size, seed, len(classes))
    batches = _batches(recipe, splits, settings, noisy=data == "noisy")
    noise = noise_entries(recipe.noise) if data == "noisy" else {}
    shape = splits["train"].images.shape[1:]
    return session.train(
        build(classifier.network, "classifier", {}, shape, len(classes)),
        batches,
        Objective(classification_loss(0.0), [CategoricalAccuracy(name="accuracy")]),
        Course(classifier.epochs, classifier.learning_rate, "constant", PATIENCE),
        _outputs(folder, f"classifier_{data}"),
        card_of(batches, recipe.dataset, classes=classes, **noise),
        {"recipe": recipe.model_dump(), "seed": seed},
    )


def cost(recipe: Recipe, image_shape: tuple[int, int, int]) -> dict[str, int]:
    """Return the number of parameters of a recipe's denoiser, and its multiply-adds per image.

    An image that its stride does not divide is padded, as it is when it is denoised.
    """
    network = load(recipe.network, "autoencoder", recipe.all_options)
    height, width, channels = image_shape
    rows, columns = padding(
        network.build((None, None, channels), **recipe.all_options), image_shape
    )
    model = network.build((height + rows, width + columns, channels), **recipe.all_options)
    return {"parameters": model.count_params(), "multiply_adds": multiply_adds(model)}


def _batches(
    recipe: Recipe,
    splits: dict[str, Split],
    settings: BatchSettings,
    *,
    noisy: bool = True,
    noise_range: list[float] | None = None,
) -> tuple[Batches, Batches]:
    """Return batches of training and of validation images."""

    def read(split: str, with_noise: bool) -> Samples:
        samples = Samples(*splits[split])
        if with_noise:
            samples = samples._replace(noisy=_noisy(samples.clean, recipe.noise, settings, split))
        return samples

    noise = None
    if noisy:
        camera_fraction = recipe.camera_fraction if noise_range else 0
        noise = NoiseSettings(recipe.noise, recipe.training_noise, noise_range, camera_fraction)
    augmentation = Augmentation(flip=recipe.flip, shift=0, grey=recipe.grey)
    return make_batches(read, settings, augmentation, noise)


def _noisy(clean: np.ndarray, noise: Noise, settings: BatchSettings, split: str) -> np.ndarray:
    """Return images, (N, H, W, C), with noise, on disk, in the type of `storage_type`."""
    drawn = noisy_blocks(clean, noise, settings.seed, split)
    return kept_on_disk(clean.shape, storage_type(noise), drawn)


def _outputs(folder: Path, network: str) -> session.Outputs:
    """Return the paths of a network's files, below the folder of its recipe."""
    name = "-".join(folder.relative_to(MODELS).parts)
    return session.Outputs(
        folder / f"{network}.keras",
        folder / f"{network}.csv",
        CHECKPOINTS / f"{name}-{network}.npz",
    )
