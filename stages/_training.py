"""The training stages: parameters and data to batches, and a network to its files."""

import hashlib
from collections.abc import Iterable
from pathlib import Path

import keras
import numpy as np

from denoising.config.card import noise_entries
from denoising.config.networks import Autoencoder, Classifier, Joint
from denoising.config.params import Params
from denoising.config.training import ClassifierLength, Length
from denoising.training import session
from denoising.training.batches import Batches, BatchSettings, Samples, Target
from denoising.training.fresh_noise import Denoise
from denoising.training.loop import Course, Objective
from stages._batches import NoiseSettings, card_of, make_batches
from stages._images import read_clean, read_noisy
from stages._paths import CHECKPOINTS, PIPELINE, Place


def prepare(params: Params) -> None:
    """Make Keras deterministic and set its precision; call this before building a network."""
    precision = params.data.training.precision
    session.prepare(params.seed, params.threads, precision, params.training.backend)


def read_batches(
    params: Params,
    target: Target,
    length: Length,
    *,
    noisy: bool = True,
    denoise: Denoise | None = None,
    targets: np.ndarray | None = None,
) -> tuple[Batches, Batches]:
    """Return batches of the training and validation images that earlier stages wrote.

    Parameters
    ----------
    noisy : add the noise of `params`.
    denoise : applied to the noisy images.
    targets : of the training images, (N, classes), instead of their labels.
    """

    def read(split: str, with_noise: bool) -> Samples:
        if with_noise:
            images = read_noisy(split, params.dataset)
            return Samples(images.clean, images.labels, noisy=images.noisy)
        return Samples(*read_clean(split, params.dataset)[:2])

    settings, noise = BatchSettings(target, length.batch_size, params.seed), None
    if target != "reconstruction":
        settings = settings._replace(classes=len(params.data.source.classes))
    if isinstance(length, ClassifierLength) and not noisy:
        settings = settings._replace(erase=length.erase)
    if noisy:
        noise = NoiseSettings(params.noise, params.training.noise, params.training.noise_range)
        settings = settings._replace(level_known=params.training.level_known)
    augmentation = params.data.training.augmentation
    train, validation = make_batches(read, settings, augmentation, noise, denoise)
    train.samples = train.samples._replace(targets=targets)
    return train, validation


def epochs_of(params: Params, length: Length) -> int:
    """Return the number of epochs of a training, at least 1."""
    return max(1, round(params.training.epoch_factor * length.epochs))


def train(
    params: Params,
    name: str,
    section: Classifier | Autoencoder | Joint,
    length: Length,
    model: keras.Model,
    batches: tuple[Batches, Batches],
    objective: Objective,
    place: Place = PIPELINE,
    networks: Iterable[Path] = (),
) -> None:
    """Train a model; write ``models/NAME.keras`` and ``plots/history/NAME.csv``, or at a `place`.

    Parameters
    ----------
    section : the section of the parameters that describes the model and its optimizer.
    length : epochs and batch size.
    networks : files of other networks that the training depends on.
    """
    samples = batches[0].samples
    noisy = samples.degrade is not None or samples.noisy is not None
    noise = noise_entries(params.noise, params.training) if noisy else {}
    course = Course(
        epochs_of(params, length),
        section.learning_rate,
        params.training.schedule,
        params.training.patience,
        0.0 if isinstance(section, Autoencoder) else section.weight_decay,
        params.training.weight_averaging,
    )
    checkpoint = session.train(
        model,
        batches,
        objective,
        course,
        session.Outputs(
            place.models / f"{name}.keras",
            place.histories / f"{name}.csv",
            CHECKPOINTS / f"{place.prefix}{name}.npz",
        ),
        card_of(
            batches,
            params.dataset,
            classes=None if isinstance(section, Autoencoder) else params.data.source.classes,
            **noise,
        ),
        {
            "section": section.model_dump(),
            "course": course._asdict(),
            "length": length.model_dump(),
            "augmentation": params.data.training.augmentation.model_dump(),
            "noise": [params.noise.model_dump(), noise] if samples.degrade else None,
            "seed": params.seed,
            "networks": [hashlib.sha256(path.read_bytes()).hexdigest() for path in networks],
        },
    )
    checkpoint.remove()
