"""The training stages: parameters and data to batches, and a network to its files."""

from collections.abc import Callable

import keras
import numpy as np

from denoising.config.card import noise_entries
from denoising.config.networks import Autoencoder, Classifier, Joint
from denoising.config.params import Params
from denoising.config.training import Length
from denoising.training import session
from denoising.training.batches import Batches, BatchSettings, Samples
from denoising.training.loop import Course, Objective
from stages._batches import NoiseSettings, card_of, make_batches
from stages._images import read_clean, read_noisy
from stages._paths import CHECKPOINTS, MODELS, PLOTS


def prepare(params: Params) -> None:
    """Make Keras deterministic and set its precision; call this before building a network."""
    session.prepare(params.seed, params.threads, params.data.training.precision)


def read_batches(
    params: Params,
    settings: BatchSettings,
    *,
    noisy: bool = True,
    noise_range: list[float] | None = None,
    denoise: Callable[[np.ndarray], np.ndarray] | None = None,
) -> tuple[Batches, Batches]:
    """Return batches of the training and validation images that earlier stages wrote.

    Parameters
    ----------
    noisy : add the noise of `params`, at levels from `noise_range` if given.
    denoise : applied to the noisy images.
    """

    def read(split: str, with_noise: bool) -> Samples:
        if with_noise:
            images = read_noisy(split, params.dataset)
            return Samples(images.clean, images.labels, noisy=images.noisy)
        return Samples(*read_clean(split, params.dataset)[:2])

    noise = NoiseSettings(params.noise, params.training.noise, noise_range) if noisy else None
    return make_batches(read, settings, params.data.training.augmentation, noise, denoise)


def train(
    params: Params,
    name: str,
    section: Classifier | Autoencoder | Joint,
    length: Length,
    model: keras.Model,
    batches: tuple[Batches, Batches],
    objective: Objective,
) -> None:
    """Train a model; write ``models/NAME.keras`` and ``plots/history/NAME.csv``.

    Parameters
    ----------
    section : the section of the parameters that describes the model and its optimizer.
    length : epochs and batch size.
    """
    samples, settings = batches[0].samples, batches[0].settings
    denoiser = section if isinstance(section, Autoencoder) else None
    noisy = samples.degrade is not None or samples.noisy is not None
    card = card_of(
        batches,
        params.dataset,
        classes=None if denoiser else params.data.source.classes,
        **(noise_entries(params.noise, denoiser) if noisy else {}),
    )
    checkpoint = session.train(
        model,
        batches,
        objective,
        Course(
            length.epochs,
            section.learning_rate,
            params.training.schedule,
            params.training.patience,
            0.0 if isinstance(section, Autoencoder) else section.weight_decay,
        ),
        session.Outputs(
            MODELS / f"{name}.keras",
            PLOTS / "history" / f"{name}.csv",
            CHECKPOINTS / f"{name}.npz",
        ),
        card,
        {
            "section": section.model_dump(),
            "training": params.training.model_dump(),
            "augmentation": params.data.training.augmentation.model_dump(),
            "epochs": length.epochs,
            "batch_size": settings.batch_size,
            "noise": params.noise.model_dump() if samples.degrade else None,
            "seed": params.seed,
        },
    )
    checkpoint.remove()
