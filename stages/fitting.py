"""What the training stages do alike: data to batches, a model to its file and its history."""

import sys
from collections.abc import Callable

import keras
import numpy as np

from denoising.artifacts import write_csv, write_model
from denoising.cards import Card, learned_noise
from denoising.checkpoints import Checkpoint, fingerprint
from denoising.params import Denoiser, Params
from denoising.sections import Section
from denoising.seeding import faster_precision, make_deterministic
from denoising.training import Batches, Degrade, fit, fresh_noise
from stages import THREADS
from stages.inputs import read_images
from stages.running import CHECKPOINTS, MODELS, PLOTS


def prepare(params: Params) -> None:
    """Make Keras deterministic and set its precision; call it before a network is built."""
    make_deterministic(params.seed, THREADS)
    precision = params.data.training.precision
    keras.config.set_dtype_policy(faster_precision() if precision == "auto" else precision)
    print(f"Training in {keras.config.dtype_policy().name}.")


def read_batches(
    params: Params,
    target: str,
    batch_size: int,
    *,
    noisy: bool = True,
    noise_range: list[float] | None = None,
    told_share: float = 1,
    through: Callable[[np.ndarray], np.ndarray] | None = None,
) -> tuple[Batches, Batches]:
    """Return batches of training and of validation images.

    Their noise has levels of a `noise_range`, if there is one, of which the network is told a
    share; what they pass `through`, a denoiser, is what it sees.
    """
    fixed = noisy and params.training.noise == "fixed"
    train = read_images("train", params.dataset, noisy=fixed)
    validation = read_images("validation", params.dataset, noisy=noisy and not noise_range)
    common = {
        "classes": len(params.data.source.classes),
        "target": target,
        "batch_size": batch_size,
        "seed": params.seed,
        "told_share": told_share,
    }
    batches = []
    for split, images in (("train", train), ("validation", validation)):
        stored, degrade = images.noisy, None
        if noisy and stored is None:
            degrade = fresh_noise(params.noise, params.seed, split, noise_range)
        if through:
            stored, degrade = stored if stored is None else through(stored), then(degrade, through)
        augmentation = params.data.training.augmentation if split == "train" else None
        batches.append(
            Batches(
                images.clean,
                images.labels,
                stored=stored,
                degrade=degrade,
                augmentation=augmentation,
                **common,
            )
        )
    return tuple(batches)


def then(degrade: Degrade | None, through: Callable[[np.ndarray], np.ndarray]) -> Degrade | None:
    """Return a function that degrades images and then passes them through a denoiser."""
    if not degrade:
        return None

    def both(clean: np.ndarray, indices: np.ndarray, epoch: int):
        noisy, levels = degrade(clean, indices, epoch)
        return through(noisy), levels

    return both


def train(
    params: Params,
    name: str,
    settings: Section,
    model: keras.Model,
    batches: tuple[Batches, Batches],
    **how,
) -> None:
    """Train a model; write it and its history. `how` goes to `denoising.training.fit`.

    `settings` are those that `how` and the model are made from: a checkpoint of others is not used.
    """
    checkpoint = Checkpoint(
        CHECKPOINTS / f"{name}.npz",
        fingerprint(
            {
                "model": model.to_json(),
                "settings": settings.model_dump(),
                "training": params.training.model_dump(),
                "augmentation": params.data.training.augmentation.model_dump(),
                "epochs": how["epochs"],
                "batch_size": batches[0].batch_size,
                "noise": params.noise.model_dump() if batches[0].degrade else None,
                "seed": params.seed,
            },
            [array for part in batches for array in part.arrays()],
        ),
    )
    history = fit(
        model,
        *batches,
        schedule=params.training.schedule,
        patience=params.training.patience,
        progress=sys.stdout.isatty(),
        checkpoint=checkpoint,
        **how,
    )
    write_model(MODELS / f"{name}.keras", model, _card(params, settings, batches[0]))
    write_csv(PLOTS / "history" / f"{name}.csv", history)
    checkpoint.remove()


def _card(params: Params, settings: Section, train: Batches) -> dict:
    """Return what a model of these parameters was trained on."""
    noisy = train.degrade is not None or train.stored is not None
    denoiser = settings if isinstance(settings, Denoiser) else None
    return Card(
        dataset=params.dataset,
        images=len(train.images),
        size=list(train.images.shape[1:]),
        classes=None if denoiser else params.data.source.classes,
        seed=params.seed,
        **(learned_noise(params.noise, denoiser) if noisy else {}),
    ).model_dump()
