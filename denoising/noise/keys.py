"""Counter-based random streams for noise.

The noise of an image depends on (seed, split, kind, index, epoch) alone: not on the level, so that
levels are paired, and not on the batch of the image.
"""

from collections.abc import Iterable, Iterator

import numpy as np

from denoising.seeding import stream_key


def noise_keys(
    seed: int, split: str, kind: str, indices: Iterable[int], epoch: int = 0
) -> np.ndarray:
    """Return the keys of the noise of N images.

    Parameters
    ----------
    indices : the images' positions in their split, N of them.
    epoch : 0 outside training.

    Returns
    -------
    ``uint64``, (N, 4): a Philox key of two words, then the image and the epoch, which are the
    upper half of the generator's counter (Salmon et al. 2011, doi:10.1145/2063384.2063405).
    """
    indices = np.asarray(indices, dtype=np.uint64)
    keys = np.empty((len(indices), 4), dtype=np.uint64)
    keys[:, :2] = stream_key(seed, "noise", split, kind)
    keys[:, 2] = indices
    keys[:, 3] = epoch
    return keys


def draw_levels(
    low: float, high: float, seed: int, split: str, indices: Iterable[int], epoch: int = 0
) -> np.ndarray:
    """Draw a noise level for each image, (N,), uniformly between `low` and `high`.

    Like the noise, it depends on (seed, split, index, epoch) alone.
    """
    keys = noise_keys(seed, split, "level", indices, epoch)
    return np.array([low + (high - low) * generator.random() for generator in generators(keys)])


def generators(keys: np.ndarray) -> Iterator[np.random.Generator]:
    """Yield a random generator for each key, (N, 4)."""
    for first, second, index, epoch in keys:
        bits = np.random.Philox(key=(first, second), counter=(0, 0, index, epoch))  # pyright: ignore[reportArgumentType]
        yield np.random.Generator(bits)
