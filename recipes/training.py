"""How the networks of a recipe are trained, whatever its images are."""

import sys
from collections.abc import Sequence
from pathlib import Path

import keras
from keras.metrics import CategoricalAccuracy, MeanAbsoluteError

from denoising.artifacts import write_csv, write_model
from denoising.cards import Card, learned_noise
from denoising.checkpoints import Checkpoint, fingerprint
from denoising.datasets.splits import Split
from denoising.losses import classification_loss, reconstruction_loss
from denoising.networks import build
from denoising.params import Augmentation
from denoising.seeding import faster_precision, make_deterministic
from denoising.training import Batches, fit, fresh_noise
from recipes.noisy import stored_noise
from recipes.settings import Recipe
from stages import THREADS
from stages.running import CHECKPOINTS

PATIENCE = 10  # epochs; a cosine runs to its end, where it learns most


def prepare(recipe: Recipe, seed: int) -> None:
    """Make Keras deterministic and set its precision; call it before a network is built."""
    make_deterministic(seed, THREADS)
    keras.config.set_dtype_policy(
        faster_precision() if recipe.precision == "auto" else recipe.precision
    )


def train_denoiser(models: Path, recipe: Recipe, splits: dict[str, Split], seed: int) -> Checkpoint:
    """Train the denoiser of a recipe, write it into the folder of its models; say what it kept."""
    shape = splits["train"].images.shape[1:]
    key = f"recipes.{models.name}.options"
    model = build(recipe.network, "autoencoder", recipe.all_options, shape, key=key)
    return _train(
        models,
        "denoiser",
        recipe,
        model,
        _batches(
            recipe,
            splits,
            "reconstruction",
            recipe.batch_size,
            seed,
            noise_range=recipe.noise_range,
        ),
        loss=reconstruction_loss(recipe.loss),
        metrics=[MeanAbsoluteError(name="mae")],
        epochs=recipe.epochs,
        learning_rate=recipe.learning_rate,
        schedule=recipe.schedule,
    )


def train_classifier(
    models: Path, recipe: Recipe, splits: dict[str, Split], data: str, classes: list[str], seed: int
) -> Checkpoint:
    """Train the classifier of a recipe on ``clean`` or on ``noisy`` images and write it."""
    keras.utils.set_random_seed(seed)
    settings = recipe.classifier
    shape = splits["train"].images.shape[1:]
    return _train(
        models,
        f"classifier_{data}",
        recipe,
        build(settings.network, "classifier", {}, shape, len(classes)),
        _batches(
            recipe,
            splits,
            "classification",
            settings.batch_size,
            seed,
            noisy=data == "noisy",
            classes=classes,
        ),
        classes=classes,
        loss=classification_loss(0.0),
        metrics=[CategoricalAccuracy(name="accuracy")],
        epochs=settings.epochs,
        learning_rate=settings.learning_rate,
        schedule="constant",
    )


def _batches(
    recipe: Recipe,
    splits: dict[str, Split],
    target: str,
    batch_size: int,
    seed: int,
    *,
    noisy: bool = True,
    classes: Sequence[str] = (),
    noise_range: list[float] | None = None,
) -> list[Batches]:
    """Return batches of training and of validation images."""
    augmentation = Augmentation(flip=recipe.flip, shift=0, grey=recipe.grey)
    batches = []
    for part, split in splits.items():
        fresh = part == "train" and recipe.training_noise == "fresh"
        fresh = noisy and (fresh or noise_range is not None)
        stored = stored_noise(split, part, recipe.noise, seed) if noisy and not fresh else None
        batches.append(
            Batches(
                split.images,
                split.labels,
                classes=len(classes),
                target=target,
                batch_size=batch_size,
                seed=seed,
                stored=stored,
                degrade=fresh_noise(recipe.noise, seed, part, noise_range) if fresh else None,
                augmentation=augmentation if part == "train" else None,
                told_share=recipe.told_share,
            )
        )
    return batches


def _train(
    models: Path,
    network: str,
    recipe: Recipe,
    model: keras.Model,
    batches: list[Batches],
    *,
    classes: Sequence[str] = (),
    **how,
) -> Checkpoint:
    """Train a model; write it and its history. `how` goes to `denoising.training.fit`."""
    depends = {"model": model.to_json(), "recipe": recipe.model_dump(), "seed": batches[0].seed}
    checkpoint = Checkpoint(
        CHECKPOINTS / f"{'-'.join(models.parts)}-{network}.npz",
        fingerprint(depends, [array for part in batches for array in part.arrays()]),
    )
    history = fit(
        model,
        *batches,
        patience=how["epochs"] if how["schedule"] == "cosine" else PATIENCE,
        progress=sys.stdout.isatty(),
        checkpoint=checkpoint,
        **how,
    )
    write_model(models / f"{network}.keras", model, _card(recipe, batches[0], classes))
    write_csv(models / f"{network}.csv", history)
    return checkpoint


def _card(recipe: Recipe, train: Batches, classes: Sequence[str]) -> dict:
    """Return what a model of a recipe was trained on."""
    noisy = train.degrade is not None or train.stored is not None
    return Card(
        dataset=recipe.dataset,
        images=len(train.images),
        size=list(train.images.shape[1:]),
        classes=list(classes) or None,
        seed=train.seed,
        **(learned_noise(recipe.noise, None if classes else recipe) if noisy else {}),
    ).model_dump()
