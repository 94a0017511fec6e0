"""Noise models: what light and sensors do to an image, drawn from named random streams.

An image's noise depends on (seed, split, kind, index, epoch) and on nothing else: neither on the
level, so that images at two levels are paired, nor on the batch that the image came in.
"""

from collections.abc import Callable, Iterable

import numpy as np
from scipy.special import gammaln, ndtri

from denoising.errors import UserError
from denoising.seeding import stream_key

POISSON_TAIL = 9.0
MANY_PHOTONS = 1e6


def noise_keys(
    seed: int, split: str, kind: str, indices: Iterable[int], epoch: int = 0
) -> np.ndarray:
    """Return the keys of the noise of some images.

    Parameters
    ----------
    indices : the images' places in their split, N of them.
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
    """Draw the level of each image's noise, (N,), evenly between two levels.

    It depends on (seed, split, index, epoch) alone, as the noise does.
    """
    keys = noise_keys(seed, split, "level", indices, epoch)
    return np.array([low + (high - low) * generator.random() for generator in _generators(keys)])


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
    clean : ``float32`` in [0, 1], (N, height, width, channels).
    level : strength, 0 or more; 0 returns the images as they are. Its unit is that of `kind`:
        see the function of that name below. Equal levels of different kinds are not comparable.
    keys : (N, 4), from `noise_keys`.
    kind : a key of `KINDS`.
    clip : cut the result to [0, 1].

    Returns
    -------
    ``float32``, of the shape of `clean`.

    Raises
    ------
    UserError : unknown kind, impossible level, or keys that do not match the images.
    """
    if kind not in KINDS:
        raise UserError(f"Expected a kind of noise among {', '.join(KINDS)}. Received: {kind!r}")
    if not (np.isfinite(level) and 0 <= level <= MAX_LEVEL.get(kind, np.inf)):
        raise UserError(
            f"Expected a level of {kind} noise from 0 to {MAX_LEVEL.get(kind, 'any number')}. "
            f"Received: {level!r}"
        )
    if clean.ndim != 4 or len(keys) != len(clean):
        raise UserError(
            "Expected images of shape (N, height, width, channels) and N keys. "
            f"Received: images {clean.shape}, keys {keys.shape}"
        )
    clean = clean.astype(np.float32, copy=False)
    if level == 0:
        return clean.copy()
    noisy = KINDS[kind](clean, level, keys)
    return np.clip(noisy, 0, 1, out=noisy) if clip else noisy


def gaussian(clean: np.ndarray, level: float, keys: np.ndarray) -> np.ndarray:
    """Add white Gaussian noise of standard deviation `level` (× 255 in the denoising papers)."""
    return clean + np.float32(level) * _normal(clean.shape, keys)


def speckle(clean: np.ndarray, level: float, keys: np.ndarray) -> np.ndarray:
    """Multiply by 1 plus Gaussian noise of the relative standard deviation `level`."""
    return clean * (1 + np.float32(level) * _normal(clean.shape, keys))


def poisson(clean: np.ndarray, level: float, keys: np.ndarray) -> np.ndarray:
    """Count photons: `level` is the standard deviation at full white, 1 / sqrt(photons there).

    Counts are drawn by inversion, count = F⁻¹(u; photons), so that one uniform number u a pixel
    pairs the levels. The distribution is summed once for each brightness that occurs, over mean
    ± 9 standard deviations and 9 counts; what lies beyond has a chance below 1e-16. Above a
    million photons the normal distribution stands for it.
    """
    uniforms = _uniform(clean.shape, keys)
    values, which = np.unique(np.maximum(clean, 0), return_inverse=True)
    noisy = np.empty(clean.size, dtype=np.float32)
    photons_at_white = 1.0 / np.float64(level) ** 2
    which = which.ravel()
    order = np.argsort(which, kind="stable")
    ends = np.searchsorted(which[order], np.arange(len(values) + 1))
    for number, value in enumerate(values):
        pixels = order[ends[number] : ends[number + 1]]
        counts = _poisson_quantile(uniforms.ravel()[pixels], value * photons_at_white)
        noisy[pixels] = counts / photons_at_white
    return noisy.reshape(clean.shape)


def _poisson_quantile(uniforms: np.ndarray, mean: float) -> np.ndarray:
    if mean == 0:
        return np.zeros_like(uniforms)
    if mean > MANY_PHOTONS:
        return np.rint(mean + np.sqrt(mean) * ndtri(uniforms))
    spread = POISSON_TAIL * (np.sqrt(mean) + 1)
    counts = np.arange(max(0, int(mean - spread)), int(mean + spread) + 1)
    cumulative = np.cumsum(np.exp(counts * np.log(mean) - mean - gammaln(counts + 1)))
    found = np.searchsorted(cumulative, uniforms, side="left")
    return counts[np.minimum(found, len(counts) - 1)].astype(np.float64)


def salt_and_pepper(clean: np.ndarray, level: float, keys: np.ndarray) -> np.ndarray:
    """Hit the fraction `level` of the pixels: half become white, half black, in every channel."""
    chance, colour = _uniform((*clean.shape[:3], 2), keys).transpose(3, 0, 1, 2)[..., None]
    return np.where(chance < level, (colour < 0.5).astype(np.float32), clean)


KINDS: dict[str, Callable[[np.ndarray, float, np.ndarray], np.ndarray]] = {
    "gaussian": gaussian,
    "speckle": speckle,
    "poisson": poisson,
    "salt_and_pepper": salt_and_pepper,
}
MAX_LEVEL = {"salt_and_pepper": 1.0}


def _normal(shape: tuple[int, ...], keys: np.ndarray) -> np.ndarray:
    normal = np.empty(shape, dtype=np.float32)
    for image, generator in zip(normal, _generators(keys), strict=True):
        generator.standard_normal(dtype=np.float32, out=image)
    return normal


def _uniform(shape: tuple[int, ...], keys: np.ndarray) -> np.ndarray:
    uniform = np.empty(shape, dtype=np.float64)
    for image, generator in zip(uniform, _generators(keys), strict=True):
        generator.random(out=image)
    return uniform


def _generators(keys: np.ndarray) -> Iterable[np.random.Generator]:
    for first, second, index, epoch in keys:
        bits = np.random.Philox(key=(first, second), counter=(0, 0, index, epoch))
        yield np.random.Generator(bits)
