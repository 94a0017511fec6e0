"""Train a network and write its files: model, history and, on the way, checkpoints."""

import sys
import time
from pathlib import Path
from typing import Any, NamedTuple

import keras

from denoising.config.card import Card
from denoising.config.training import Backend, Precision
from denoising.files.models import write_model
from denoising.seeding import faster_precision, make_deterministic
from denoising.training import distribution
from denoising.training.batches import Batches
from denoising.training.checkpoints import Checkpoint, training_hash
from denoising.training.export import check_export, write_onnx
from denoising.training.loop import Course, Objective, fit


class Outputs(NamedTuple):
    """Paths: the model, ``.keras``; its history, ``.csv``; the checkpoint, ``.npz``.

    Beside the model, the same is written as ``.onnx``.
    """

    model: Path
    history: Path
    checkpoint: Path


def prepare(seed: int, threads: int, precision: Precision, backend: Backend) -> None:
    """Make Keras deterministic, and set its devices and precision; then build a network.

    Raises
    ------
    UserError
        Keras runs on another backend; or see `distribution.join`.
    """
    make_deterministic(seed, threads)
    distribution.join(backend)
    keras.config.set_dtype_policy(faster_precision() if precision == "auto" else precision)
    print(f"Training in {keras.config.dtype_policy().name}.")


def train(
    model: keras.Model,
    batches: tuple[Batches, Batches],
    objective: Objective,
    course: Course,
    outputs: Outputs,
    card: Card,
    settings: dict[str, Any],
) -> Checkpoint:
    """Train a model on batches of training and validation images; write it and its history.

    The history grows with every epoch. At the end, one line reports the number of epochs, the best
    validation loss and the duration.

    Parameters
    ----------
    settings : all parameters that the training depends on. A checkpoint with others is ignored.

    Returns
    -------
    the checkpoint, for the stage to remove once it has written everything.

    Raises
    ------
    UserError
        The model cannot be written as ONNX, which is tried before the training; or see `fit`.
    """
    with distribution.local():
        check_export(model)
    arrays = [array for part in batches for array in part.samples.arrays()]
    identity = training_hash(
        {"model": model.to_json(), "backend": keras.backend.backend()} | settings, arrays
    )
    distribution.agree(identity)
    checkpoint = Checkpoint(outputs.checkpoint, identity)
    start = time.monotonic()
    table = fit(
        model,
        *batches,
        objective,
        course,
        progress=sys.stdout.isatty(),
        history=outputs.history,
        checkpoint=checkpoint,
    )
    if distribution.leads():
        with distribution.local():
            write_model(outputs.model, model, card.model_dump())
            write_onnx(outputs.model.with_suffix(".onnx"), model, card.model_dump())
    epochs = f"{len(table)} epoch{'s' * (len(table) > 1)}"
    best = f"best validation loss {table['val_loss'].min():.3g}"
    print(f"{outputs.model.stem}: {epochs}, {best}, {time.monotonic() - start:.0f} s")
    return checkpoint
