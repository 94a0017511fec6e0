"""Batches, and the one way in which every network is trained."""

from collections.abc import Callable

import keras
import numpy as np
import pandas as pd

from denoising.checkpoints import Checkpoint
from denoising.errors import UserError
from denoising.inference import UNKNOWN_LEVEL, is_told, pad, padding, with_level
from denoising.noise import add_noise, draw_levels, noise_keys
from denoising.params import Augmentation, Noise
from denoising.seeding import generator

WARM_UP_STEPS = 200
PLATEAU_FACTOR = 0.2

Degrade = Callable[[np.ndarray, np.ndarray, int], tuple[np.ndarray, np.ndarray]]
"""(clean images, their indices, the epoch) to noisy images and the level of each, (N,)."""


def fresh_noise(
    noise: Noise, seed: int, split: str = "train", noise_range: list[float] | None = None
) -> Degrade:
    """Return a function that adds new noise in every epoch.

    It has the level of `noise`; or, where there are the two levels of a `noise_range`, each image
    has a level of its own, drawn evenly between them.
    """

    def degrade(clean: np.ndarray, indices: np.ndarray, epoch: int):
        keys = noise_keys(seed, split, noise.kind, indices, epoch)
        if noise_range is None:
            noisy = add_noise(clean, noise.level, keys, noise.kind, noise.clip)
            return noisy, np.full(len(clean), noise.level)
        levels = draw_levels(*noise_range, seed, split, indices, epoch)
        noisy = [
            add_noise(image[None], level, key[None], noise.kind, noise.clip)
            for image, level, key in zip(clean, levels, keys, strict=True)
        ]
        return np.concatenate(noisy), levels

    return degrade


class Batches(keras.utils.PyDataset):
    """Batches of images over memory-mapped arrays, in an order that (seed, epoch) determines.

    Which epoch it is `follow` tells; nothing is counted here, so that a batch depends on its
    number and on the epoch alone.

    Parameters
    ----------
    images : ``uint8``, (N, H, W, C): the clean images.
    labels : int, (N,).
    classes : how many there are.
    target : what the network is to give: ``classification``, ``reconstruction`` or ``joint``.
    stored : ``float32``, (N, H, W, C): noisy images, where the noise was drawn beforehand.
    degrade : draws the noise, where it was not. With neither, the network sees clean images.
    augmentation : flips, shifts and grey; with it the order is shuffled, without it, it is as
        stored. Grey images have the same noise in each channel.
    told_share : of the images, whose level a network is told that has it as an input.

    Attributes
    ----------
    growth : rows and columns that images are padded with, where the network's stride needs it.
    told : whether the network sees the level of the noise beside the image.
    """

    def __init__(
        self,
        images: np.ndarray,
        labels: np.ndarray,
        *,
        classes: int,
        target: str,
        batch_size: int,
        seed: int,
        stored: np.ndarray | None = None,
        degrade: Degrade | None = None,
        augmentation: Augmentation | None = None,
        told_share: float = 1,
    ):
        super().__init__()
        self.images, self.labels, self.stored = images, labels, stored
        self.classes, self.target, self.batch_size = classes, target, batch_size
        self.seed, self.degrade = seed, degrade
        self.augmentation, self.told_share = augmentation, told_share
        self.growth, self.told = (0, 0), False
        self.begin(0)

    def arrays(self) -> list[np.ndarray]:
        """Return the images and labels, and the noisy images where they are stored."""
        arrays = (self.images, self.labels, self.stored)
        return [array for array in arrays if array is not None]

    def begin(self, epoch: int) -> None:
        """Draw the order, the flips and so on of an epoch."""
        self.epoch = epoch
        self.order = np.arange(len(self.images))
        self.known = generator(self.seed, "told", epoch).random(len(self.images)) < self.told_share
        if self.augmentation:
            random = generator(self.seed, "batches", epoch)
            self.order = random.permutation(len(self.images))
            shift = self.augmentation.shift
            self.flips = random.random(len(self.images)) < 0.5 * self.augmentation.flip
            self.shifts = random.integers(-shift, shift + 1, size=(len(self.images), 2))
            self.grey = random.random(len(self.images)) < self.augmentation.grey

    def follow(self) -> keras.callbacks.Callback:
        """Return the callback that tells these batches which epoch begins."""
        return keras.callbacks.LambdaCallback(on_epoch_begin=lambda epoch, logs: self.begin(epoch))

    def __len__(self) -> int:
        return -(-len(self.images) // self.batch_size)

    def __getitem__(self, number: int):
        chosen = self.order[number * self.batch_size : (number + 1) * self.batch_size]
        clean = self._augmented(self.images[chosen], chosen).astype(np.float32) / 255
        grey = self._grey(clean, chosen)
        clean[grey] = clean[grey].mean(axis=-1, keepdims=True)
        if self.stored is not None:
            seen = self._augmented(self.stored[chosen], chosen)
        elif self.degrade is not None:
            seen, levels = self.degrade(clean, chosen, self.epoch)
        else:
            seen = clean
        seen[grey] = seen[grey][..., :1]
        clean, seen = pad(clean, self.growth), pad(seen, self.growth)
        if self.told:
            seen = with_level(seen, np.where(self.known[chosen], levels, UNKNOWN_LEVEL))
        if self.target == "reconstruction":
            return seen, clean
        classification = np.eye(self.classes, dtype=np.float32)[self.labels[chosen]]
        if self.target == "classification":
            return seen, classification
        return seen, {"classification": classification, "reconstruction": clean}

    def _grey(self, clean: np.ndarray, chosen: np.ndarray) -> np.ndarray:
        """Say which images are to be grey: a share of them, and those that are so already."""
        if not self.augmentation or not self.augmentation.grey:
            return np.zeros(len(chosen), dtype=bool)
        return self.grey[chosen] | (clean == clean[..., :1]).all(axis=(1, 2, 3))

    def _augmented(self, images: np.ndarray, chosen: np.ndarray) -> np.ndarray:
        if not self.augmentation:
            return images
        images = np.where(self.flips[chosen, None, None, None], images[:, :, ::-1], images)
        if not (margin := self.augmentation.shift):
            return images
        height, width = images.shape[1:3]
        padded = np.pad(images, ((0, 0), (margin, margin), (margin, margin), (0, 0)), mode="edge")
        corners = margin + self.shifts[chosen]
        return np.stack(
            [
                image[top : top + height, left : left + width]
                for image, (top, left) in zip(padded, corners, strict=True)
            ]
        )


def fit(
    model: keras.Model,
    train: Batches,
    validation: Batches,
    *,
    loss,
    metrics,
    epochs: int,
    learning_rate: float,
    weight_decay: float = 0.0,
    loss_weights: dict | None = None,
    schedule: str,
    patience: int,
    progress: bool,
    checkpoint: Checkpoint | None = None,
) -> pd.DataFrame:
    """Train `model` in place and leave it with the weights of its best validation loss.

    Parameters
    ----------
    loss, metrics, loss_weights : as `keras.Model.compile` takes them; metrics given as objects
        rather than by name save a second trace.
    learning_rate : at its peak; after a short linear rise it falls to 0 (``cosine``), or it is
        multiplied by 0.2 when the validation loss has been stuck for `patience` / 2 (``plateau``),
        or it stays (``constant``).
    weight_decay : decoupled, as in AdamW (Loshchilov and Hutter 2019, arXiv:1711.05101).
    patience : training stops after so many epochs without a better validation loss.
    progress : show a bar for every epoch instead of a line.
    checkpoint : where the training is kept after every epoch; one that was interrupted goes on.

    Returns
    -------
    the history: a row an epoch, with ``epoch`` from 1, losses and metrics, those of the
    validation images beginning with ``val_``.

    Raises
    ------
    UserError : the loss is not a number any more.
    """
    if train.target != "classification":
        train.growth = validation.growth = padding(model, train.images.shape[1:])
    train.told = validation.told = is_told(model)
    steps = epochs * len(train)
    model.compile(
        keras.optimizers.AdamW(
            Cosine(learning_rate, min(WARM_UP_STEPS, steps // 10), steps)
            if schedule == "cosine"
            else learning_rate,
            weight_decay=weight_decay,
        ),
        loss=loss,
        metrics=metrics,
        loss_weights=loss_weights,
        jit_compile=False,
    )
    _create_variables(model, validation)
    memory = [keras.callbacks.EarlyStopping(patience=patience, restore_best_weights=True)]
    if schedule == "plateau":
        stuck = max(1, patience // 2)
        memory.append(keras.callbacks.ReduceLROnPlateau(factor=PLATEAU_FACTOR, patience=stuck))
    first = checkpoint.resume(model, memory, epochs) if checkpoint else 0
    done = list(checkpoint.rows) if checkpoint else []
    callbacks = [
        train.follow(),
        keras.callbacks.TerminateOnNaN(raise_error=True),
        *memory,
        *([checkpoint] if checkpoint else []),
    ]
    try:
        history = model.fit(
            train,
            validation_data=validation,
            epochs=epochs,
            initial_epoch=first,
            shuffle=False,
            callbacks=callbacks,
            verbose=1 if progress else 2,
        )
    except RuntimeError as error:
        if "NaN" not in str(error):
            raise
        raise UserError(
            "Expected the loss to be a finite number. Received: NaN or infinity. "
            f"Lower the learning rate (now {learning_rate}), or use float32."
        ) from None
    table = pd.concat([pd.DataFrame(done), pd.DataFrame(history.history)], ignore_index=True)
    table.insert(0, "epoch", np.arange(1, len(table) + 1))
    return table


def _create_variables(model: keras.Model, batches: Batches) -> None:
    """Create the variables of the optimizer and of the losses' averages.

    Otherwise the first training step creates them, and TensorFlow has to trace it twice.
    """
    model.optimizer.build(model.trainable_variables)
    images, targets = batches[0]
    model.compute_loss(x=images, y=targets, y_pred=model(images))


class Cosine(keras.optimizers.schedules.LearningRateSchedule):
    """A learning rate that rises in a line and falls to 0 in half a cosine.

    Keras's own CosineDecay asks for the step with conditions, once for every variable, which
    takes longer to trace than the network.
    """

    def __init__(self, peak: float, rise: int, steps: int):
        self.peak, self.rise, self.steps = peak, rise, steps

    def __call__(self, step):
        step = keras.ops.cast(step, "float32")
        done = (step - self.rise) / max(1, self.steps - self.rise)
        fall = 0.5 * (1 + keras.ops.cos(np.pi * keras.ops.clip(done, 0.0, 1.0)))
        return self.peak * keras.ops.minimum((step + 1) / max(1, self.rise), fall)

    def get_config(self) -> dict:
        return {"peak": self.peak, "rise": self.rise, "steps": self.steps}
