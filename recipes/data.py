"""What the stages of a recipe read: its data set, and noise that is drawn once."""

import numpy as np

from denoising.datasets.registry import load
from denoising.datasets.splits import Split
from denoising.errors import UserError
from denoising.inference import as_float
from denoising.noise import add_noise, noise_keys
from denoising.params import Noise, Params
from recipes.settings import Recipe


def read_splits(params: Params, recipe: Recipe, seed: int) -> dict[str, Split]:
    """Return the splits of a recipe's data set; raise `UserError` if `params` do not know it."""
    if recipe.dataset not in params.datasets:
        raise UserError(
            f"Expected a recipe's data set to be one of `datasets` in params.yaml: "
            f"{', '.join(params.datasets)}. Received: {recipe.dataset!r}"
        )
    return load(params.datasets[recipe.dataset].source, recipe.dataset, seed)


def stored_noise(split: Split, name: str, noise: Noise, seed: int) -> np.ndarray:
    """Return the noisy images of a split, ``float32``, the same in every epoch."""
    keys = noise_keys(seed, name, noise.kind, range(len(split.labels)))
    return add_noise(as_float(split.images), noise.level, keys, noise.kind, noise.clip)
