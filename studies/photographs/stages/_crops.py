"""Random crops of photographs, others in every epoch."""

import numpy as np

from denoising.config.recipe import Recipe
from denoising.config.training import Augmentation
from denoising.seeding import generator
from denoising.training.batches import Batches, BatchSettings, Samples
from denoising.training.fresh_noise import Degrade, fresh_noise
from studies.photographs.stages._settings import Data


def cut(
    photographs: list[np.ndarray], side: int, number: int, *stream: int | str, into: np.ndarray
) -> None:
    """Cut crops at random places, mirrored and turned by multiples of 90° at random.

    Parameters
    ----------
    photographs : ``uint8``, (H, W, 3), none smaller than `side`.
    side : of a crop, in pixels.
    number : of crops from each photograph.
    stream : names the random stream.
    into : (photographs × number, side, side, 3), filled in the order of the photographs.
    """
    random = generator(*stream)
    places, turns = random.random((len(into), 2)), random.integers(8, size=len(into))
    for index, (place, turn) in enumerate(zip(places, turns.tolist(), strict=True)):
        image = photographs[index // number]
        free = np.array(image.shape[:2]) - side + 1
        top, left = (place * free).astype(int)
        crop = image[top : top + side, left : left + side]
        into[index] = np.rot90(crop[:, ::-1] if turn >= 4 else crop, turn % 4)


class CropBatches(Batches):
    """Batches of crops, determined by (seed, split, epoch); a label is its photograph's index."""

    def __init__(
        self,
        photographs: list[np.ndarray],
        data: Data,
        split: str,
        settings: BatchSettings,
        degrade: Degrade,
    ):
        self.photographs, self.data, self.split = photographs, data, split
        labels = np.repeat(np.arange(len(photographs)), data.crops)
        crops = np.empty((len(labels), data.side, data.side, 3), np.uint8)
        super().__init__(Samples(crops, labels, degrade=degrade), settings)

    def begin(self, epoch: int) -> None:
        """Cut the crops of an epoch, and draw their order."""
        side, number = self.data.side, self.data.crops
        stream = (self.settings.seed, "crops", self.split, epoch)
        cut(self.photographs, side, number, *stream, into=self.samples.clean)
        super().begin(epoch)


def crop_batches(
    photographs: dict[str, list[np.ndarray]],
    data: Data,
    recipe: Recipe,
    seed: int,
    sitting: int = 0,
) -> tuple[CropBatches, CropBatches]:
    """Return batches of training crops, and of validation crops, which are always the same.

    Training crops and their noise are others in each sitting, by its number; validation crops
    depend on their side and number alone.
    """
    found = []
    for split, own in (("train", seed + sitting), ("validation", seed)):
        grey = Augmentation(flip=False, shift=0, grey=recipe.grey) if split == "train" else None
        settings = BatchSettings(
            "reconstruction",
            recipe.batch_size,
            own,
            augmentation=grey,
            level_known=recipe.level_known,
        )
        degrade = fresh_noise(recipe.noise, own, split, recipe.noise_range, recipe.camera_fraction)
        found.append(CropBatches(photographs[split], data, split, settings, degrade))
    return found[0], found[1]
