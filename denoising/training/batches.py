"""Batches of images over memory-mapped arrays."""

from typing import Any, Literal, NamedTuple

import keras
import numpy as np

from denoising.config.training import Augmentation
from denoising.images import as_float
from denoising.networks.inputs import UNKNOWN_LEVEL, pad, with_level
from denoising.seeding import generator
from denoising.training.distribution import Share
from denoising.training.erasing import draw_rectangles, erase
from denoising.training.fresh_noise import Degrade

Target = Literal["classification", "reconstruction", "joint"]


class Samples(NamedTuple):
    """Images to train on, and their noise.

    Attributes
    ----------
    clean : ``uint8``, (N, H, W, C).
    labels : int, (N,).
    noisy : with stored noise, (N, H, W, C), ``float32`` or integers, see `as_float`.
    degrade : adds noise when a batch is drawn. With neither, the inputs are the clean images.
    targets : ``float32``, (N, classes), the probabilities to learn instead of the labels.
    """

    clean: np.ndarray
    labels: np.ndarray
    noisy: np.ndarray | None = None
    degrade: Degrade | None = None
    targets: np.ndarray | None = None

    def arrays(self) -> list[np.ndarray]:
        """Return the arrays, for hashing."""
        every = (self.clean, self.labels, self.noisy, self.targets)
        return [part for part in every if part is not None]


class BatchSettings(NamedTuple):
    """How batches are made.

    Attributes
    ----------
    target : the outputs that the network is trained on.
    classes : number of classes.
    augmentation : if given, images are augmented, and shuffled in every epoch. Images turned grey
        have the same noise in each channel.
    level_known : fraction of images whose level is given to a network with a level input.
    erase : fraction of augmented images of which a rectangle is erased, before noise is added.
    """

    target: Target
    batch_size: int
    seed: int
    classes: int = 0
    augmentation: Augmentation | None = None
    level_known: float = 1
    erase: float = 0


class Batches(keras.utils.PyDataset):
    """Batches whose order and augmentation are determined by (seed, epoch).

    `follow` supplies the epoch; nothing is counted here, so that a batch depends on its number and
    the epoch alone.

    Attributes
    ----------
    growth : rows and columns by which images are padded to a multiple of the network's stride.
    level_input : whether the network takes the noise level beside the image.
    share : if given, batches are filled, and come with the weights of their images.
    """

    def __init__(self, samples: Samples, settings: BatchSettings):
        super().__init__()
        self.samples, self.settings = samples, settings
        self.growth, self.level_input = (0, 0), False
        self.share: Share | None = None
        self.begin(0)

    def begin(self, epoch: int) -> None:
        """Draw the order and the augmentation of an epoch."""
        seed, augmentation = self.settings.seed, self.settings.augmentation
        number = len(self.samples.clean)
        self.epoch = epoch
        self.order = np.arange(number)
        # Renaming a random stream would change every model trained with it.
        known = generator(seed, "told", epoch).random(number)
        self.known = known < self.settings.level_known
        if augmentation:
            random = generator(seed, "batches", epoch)
            self.order = random.permutation(number)
            shift = augmentation.shift
            self.flips = random.random(number) < 0.5 * augmentation.flip
            self.shifts = random.integers(-shift, shift + 1, size=(number, 2))
            self.grey = random.random(number) < augmentation.grey
        if augmentation and self.settings.erase:
            random = generator(seed, "erasing", epoch)
            shape = self.samples.clean.shape[1:]
            self.erased = draw_rectangles(number, self.settings.erase, shape, random)

    def follow(self) -> keras.callbacks.Callback:
        """Return the callback that calls `begin` at the start of each epoch."""
        return keras.callbacks.LambdaCallback(on_epoch_begin=lambda epoch, logs: self.begin(epoch))

    def __len__(self) -> int:
        return -(-len(self.samples.clean) // self.settings.batch_size)

    def __getitem__(self, number: int) -> tuple[Any, ...]:
        size = self.settings.batch_size
        chosen = self.order[number * size : (number + 1) * size]
        if not self.share:
            return self._drawn(chosen)
        chosen, weights = self.share.of(chosen)
        return *self._drawn(chosen), weights

    def _drawn(self, chosen: np.ndarray) -> tuple[Any, Any]:
        """Return the inputs and targets of images."""
        clean = self._augmented(self.samples.clean[chosen], chosen).astype(np.float32) / 255
        grey = self._grey(clean, chosen)
        clean[grey] = clean[grey].mean(axis=-1, keepdims=True)
        if self.settings.augmentation and self.settings.erase:
            erase(clean, *(part[chosen] for part in self.erased))
        levels: np.ndarray | float = UNKNOWN_LEVEL
        if self.samples.noisy is not None:
            inputs = self._augmented(as_float(self.samples.noisy[chosen]), chosen)
        elif self.samples.degrade is not None:
            inputs, levels = self.samples.degrade(clean, chosen, self.epoch)
        else:
            inputs = clean
        inputs[grey] = inputs[grey][..., :1]
        clean, inputs = pad(clean, self.growth), pad(inputs, self.growth)
        if self.level_input:
            inputs = with_level(inputs, np.where(self.known[chosen], levels, UNKNOWN_LEVEL))
        return inputs, self._targets(clean, chosen)

    def _targets(self, clean: np.ndarray, chosen: np.ndarray) -> Any:
        if self.settings.target == "reconstruction":
            return clean
        if self.samples.targets is not None:
            classification = self.samples.targets[chosen]
        else:
            labels = self.samples.labels[chosen]
            classification = np.eye(self.settings.classes, dtype=np.float32)[labels]
        if self.settings.target == "classification":
            return classification
        return {"classification": classification, "reconstruction": clean}

    def _grey(self, clean: np.ndarray, chosen: np.ndarray) -> np.ndarray:
        """Return a mask of the images to make grey: those drawn for it, and those already grey."""
        augmentation = self.settings.augmentation
        if not augmentation or not augmentation.grey:
            return np.zeros(len(chosen), dtype=bool)
        return self.grey[chosen] | (clean == clean[..., :1]).all(axis=(1, 2, 3))

    def _augmented(self, images: np.ndarray, chosen: np.ndarray) -> np.ndarray:
        """Return images mirrored and shifted, as drawn for this epoch."""
        augmentation = self.settings.augmentation
        if not augmentation:
            return images
        images = np.where(self.flips[chosen, None, None, None], images[:, :, ::-1], images)
        if not (margin := augmentation.shift):
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
