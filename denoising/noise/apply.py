"""Add noise to images: the one function that every stage, training and command uses."""

from collections.abc import Sequence

import numpy as np

from denoising.config.noise import Noise
from denoising.files.errors import UserError
from denoising.images import as_float
from denoising.noise.keys import noise_keys
from denoising.noise.models import KINDS, MAX_LEVEL


def noisy_images(
    clean: np.ndarray,
    noise: Noise,
    seed: int,
    split: str,
    *,
    indices: Sequence[int] | np.ndarray | None = None,
    epoch: int = 0,
    levels: np.ndarray | None = None,
) -> np.ndarray:
    """Return images with noise.

    Parameters
    ----------
    clean : (N, H, W, C), ``uint8``, or ``float32`` in [0, 1].
    noise : kind, level and clipping; ``noise.at(level)`` is the same noise at another level.
    seed, split, epoch : name the random stream together with the kind; the epoch is 0 outside
        training.
    indices : positions of the images in their split; 0 to N - 1 if omitted.
    levels : (N,), a level for each image instead of that of `noise`.

    Returns
    -------
    ``float32``, (N, H, W, C), in [0, 1] if the noise is clipped.
    """
    indices = range(len(clean)) if indices is None else indices
    keys = noise_keys(seed, split, noise.kind, indices, epoch)
    images = as_float(clean)
    if levels is None:
        return add_noise(images, noise.level, keys, noise.kind, noise.clip)
    noisy = np.empty_like(images)
    for place, level in enumerate(levels):
        one = slice(place, place + 1)
        noisy[one] = add_noise(images[one], level, keys[one], noise.kind, noise.clip)
    return noisy


def add_noise(
    clean: np.ndarray,
    level: float,
    keys: np.ndarray,
    kind: str = "gaussian",
    clip: bool = True,
) -> np.ndarray:
    """Add noise to images.

    Parameters
    ----------
    clean : ``float32`` in [0, 1], (N, H, W, C).
    level : strength, 0 or more, in the unit of `kind` (see the function of that name in
        `denoising.noise.models`); 0 leaves the images as they are. Equal levels of different kinds
        are not comparable.
    keys : (N, 4), from `denoising.noise.keys.noise_keys`.
    kind : a key of `denoising.noise.models.KINDS`.
    clip : clip the result to [0, 1].

    Returns
    -------
    ``float32``, of the shape of `clean`.

    Raises
    ------
    UserError
        Unknown kind, or impossible level.
    ValueError
        The keys do not match the images.
    """
    if kind not in KINDS:
        raise UserError(f"Unknown kind of noise {kind!r}. Expected one of: {', '.join(KINDS)}")
    if not (np.isfinite(level) and 0 <= level <= MAX_LEVEL.get(kind, np.inf)):
        highest = f"to {MAX_LEVEL[kind]:g}" if kind in MAX_LEVEL else "upwards"
        raise UserError(
            f"Impossible level of noise of the kind {kind!r}: {level!r}. "
            f"Expected a number from 0 {highest}. Change the level (noise.level in params.yaml)."
        )
    if clean.ndim != 4 or len(keys) != len(clean):
        raise ValueError(
            "Expected images of shape (N, height, width, channels) and N keys. "
            f"Received: images {clean.shape}, keys {keys.shape}"
        )
    clean = clean.astype(np.float32, copy=False)
    if level == 0:
        return clean.copy()
    noisy = KINDS[kind](clean, level, keys)
    return np.clip(noisy, 0, 1, out=noisy) if clip else noisy
