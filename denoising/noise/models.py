"""Noise models: Gaussian, speckle, Poisson, salt-and-pepper, and that of cameras.

Each takes ``float32`` images in [0, 1], (N, H, W, C), a level above 0, and the keys of the images,
(N, 4), see `denoising.noise.keys`; it returns ``float32`` images that are not clipped.
"""

from collections.abc import Callable

import numpy as np

from denoising.noise.camera import camera
from denoising.noise.keys import generators

NoiseModel = Callable[[np.ndarray, float, np.ndarray], np.ndarray]
POISSON_TAIL = 9.0
MANY_PHOTONS = 1e6


def gaussian(clean: np.ndarray, level: float, keys: np.ndarray) -> np.ndarray:
    """Add white Gaussian noise of standard deviation `level`; denoising papers give 255 × level."""
    return clean + np.float32(level) * _normal(clean.shape, keys)


def speckle(clean: np.ndarray, level: float, keys: np.ndarray) -> np.ndarray:
    """Multiply by 1 plus Gaussian noise of standard deviation `level`."""
    return clean * (1 + np.float32(level) * _normal(clean.shape, keys))


def poisson(clean: np.ndarray, level: float, keys: np.ndarray) -> np.ndarray:
    """Draw photon counts; `level` is the standard deviation at full white, 1 / sqrt(photons).

    Counts are drawn by inversion, count = F⁻¹(u; photons), with one uniform number u per pixel, so
    that levels are paired. The distribution is summed once per brightness, over the mean ± 9
    standard deviations and 9 counts; the remaining probability is below 1e-16. Above a million
    photons it is approximated by a normal distribution.
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
    from scipy.special import gammaln, ndtri  # slow to import, and other noise does without

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
    """Replace the fraction `level` of the pixels, half by white and half by black."""
    chance, colour = _uniform((*clean.shape[:3], 2), keys).transpose(3, 0, 1, 2)[..., None]
    return np.where(chance < level, (colour < 0.5).astype(np.float32), clean)


def _normal(shape: tuple[int, ...], keys: np.ndarray) -> np.ndarray:
    normal = np.empty(shape, dtype=np.float32)
    for image, generator in zip(normal, generators(keys), strict=True):
        generator.standard_normal(dtype=np.float32, out=image)
    return normal


def _uniform(shape: tuple[int, ...], keys: np.ndarray) -> np.ndarray:
    uniform = np.empty(shape, dtype=np.float64)
    for image, generator in zip(uniform, generators(keys), strict=True):
        generator.random(out=image)
    return uniform


KINDS: dict[str, NoiseModel] = {
    "gaussian": gaussian,
    "speckle": speckle,
    "poisson": poisson,
    "salt_and_pepper": salt_and_pepper,
    "camera": camera,
}
MAX_LEVEL = {"salt_and_pepper": 1.0}
