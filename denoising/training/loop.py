"""The training loop of every network: Keras's `fit`, interruptible and reproducible."""

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal, NamedTuple

import keras
import pandas as pd

from denoising.files.errors import UserError
from denoising.networks.model_inputs import has_level_input, padding
from denoising.training import distribution
from denoising.training.averaging import Averaging
from denoising.training.batches import Batches
from denoising.training.checkpoints import Checkpoint
from denoising.training.history import History
from denoising.training.schedule import Cosine
from denoising.training.weighting import ImageMeans, per_image

WARM_UP_STEPS = 200
PLATEAU_FACTOR = 0.2


class Objective(NamedTuple):
    """Loss and metrics, as `keras.Model.compile` takes them.

    Metrics passed as objects rather than names save a second trace.
    """

    loss: Any
    metrics: Any
    loss_weights: dict[str, float] | None = None


class Course(NamedTuple):
    """The course of a training.

    Attributes
    ----------
    learning_rate : at its peak.
    schedule : ``cosine``, a short linear warm-up and a decay to 0; ``plateau``, multiplied by 0.2
        when the validation loss has not improved for `patience` / 2 epochs; or ``constant``.
    patience : epochs without a better validation loss after which training stops.
    weight_decay : decoupled, as in AdamW (Loshchilov and Hutter 2019, arXiv:1711.05101).
    averaging : decay of the averaged weights in each step; 0 for none, see `Averaging`.
    """

    epochs: int
    learning_rate: float
    schedule: Literal["cosine", "plateau", "constant"]
    patience: int
    weight_decay: float = 0.0
    averaging: float = 0.0


def fit(
    model: keras.Model,
    train: Batches,
    validation: Batches,
    objective: Objective,
    course: Course,
    *,
    progress: bool = False,
    history: Path | None = None,
    checkpoint: Checkpoint | None = None,
) -> pd.DataFrame:
    """Train `model` in place and leave it with the weights of its best validation loss.

    If weights are averaged, those are the averaged ones.

    Parameters
    ----------
    progress : show a progress bar for every epoch instead of a line.
    history : a ``.csv`` file for the history, which grows with every epoch.
    checkpoint : stores the state after every epoch, so that an interrupted training resumes.

    Returns
    -------
    the history: a row per epoch with ``epoch`` from 1, losses and metrics; those of the validation
    images begin with ``val_``.

    Raises
    ------
    UserError
        The loss becomes NaN or infinite.
    """
    if train.settings.target != "classification":
        train.growth = validation.growth = padding(model, train.samples.clean.shape[1:])
    train.level_input = validation.level_input = has_level_input(model)
    for batches in (train, validation):
        batches.share = distribution.share(batches.settings.batch_size)
    filled = train.share is not None
    _compile(model, objective, course, len(train), filled)
    _create_variables(model, validation)
    memory = _memory(course)
    first = checkpoint.resume(model, memory, course.epochs) if checkpoint else 0
    record = History(history, checkpoint.rows if checkpoint else [])
    with _explaining_nan(course.learning_rate):
        model.fit(
            train,
            validation_data=validation,
            epochs=course.epochs,
            initial_epoch=first,
            shuffle=False,
            callbacks=[
                *([ImageMeans(train, validation)] if filled else []),
                train.follow(),
                keras.callbacks.TerminateOnNaN(raise_error=True),
                *memory,
                record,
                *([checkpoint] if checkpoint else []),
            ],
            verbose=1 if progress else 2,  # pyright: ignore[reportArgumentType]
        )
    return record.table()


def _memory(course: Course) -> list[keras.callbacks.Callback]:
    """Return the callbacks with a state that a checkpoint has to keep."""
    memory: list[keras.callbacks.Callback] = [
        keras.callbacks.EarlyStopping(patience=course.patience, restore_best_weights=True)
    ]
    if course.schedule == "plateau":
        stuck = max(1, course.patience // 2)
        memory.append(keras.callbacks.ReduceLROnPlateau(factor=PLATEAU_FACTOR, patience=stuck))
    if course.averaging:
        memory.append(Averaging(course.averaging))
    return memory


@contextlib.contextmanager
def _explaining_nan(learning_rate: float) -> Iterator[None]:
    """Turn Keras's error for a loss that is NaN or infinite into a `UserError`."""
    try:
        yield
    except RuntimeError as error:
        if "NaN" not in str(error):
            raise
        raise UserError(
            "The loss became NaN or infinite. "
            f"Lower the learning rate (now {learning_rate}), or use float32."
        ) from None


def _compile(
    model: keras.Model, objective: Objective, course: Course, batches: int, filled: bool
) -> None:
    rate: Any = course.learning_rate
    if course.schedule == "cosine":
        steps = course.epochs * batches
        rate = Cosine(course.learning_rate, min(WARM_UP_STEPS, steps // 10), steps)
    model.compile(
        keras.optimizers.AdamW(rate, weight_decay=course.weight_decay),
        loss=per_image(objective.loss) if filled else objective.loss,
        metrics=None if filled else objective.metrics,
        weighted_metrics=objective.metrics if filled else None,
        loss_weights=objective.loss_weights,
        # JAX would run every operation by itself.
        jit_compile=keras.backend.backend() == "jax",  # pyright: ignore[reportArgumentType]
    )


def _create_variables(model: keras.Model, batches: Batches) -> None:
    """Create the variables of the optimizer and of the averaged losses.

    Otherwise the first training step creates them, and TensorFlow traces it twice.
    """
    model.optimizer.build(model.trainable_variables)
    if batches.share:  # JAX traces no variable
        return
    images, targets = batches[0]
    model.compute_loss(x=images, y=targets, y_pred=model(images))
