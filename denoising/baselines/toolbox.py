"""Denoise a picture with any method: impulses first, then noise of the given or estimated level."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from denoising.files.errors import UserError
from denoising.inference.blind import Estimate, estimate
from denoising.inference.engine import Network
from denoising.inference.levels import check_level, highest_level
from denoising.inference.tiling import denoise_large, ignore
from denoising.noise.impulses import remove_impulses

NETWORK, MEDIAN = "network", "median"
METHODS = (NETWORK, MEDIAN, "tv", "wavelet", "nlm")


class Found(NamedTuple):
    """The noise of a picture.

    Attributes
    ----------
    repaired : the picture without impulses, (H, W, C).
    impulses : the fraction of values that were impulses.
    estimate : the level of the other noise, estimated or given, and what makes it uncertain.
    """

    repaired: np.ndarray
    impulses: float
    estimate: Estimate

    @property
    def some(self) -> bool:
        """Whether there is anything to remove."""
        return self.impulses > 0 or self.estimate.level > 0


def find_noise(model: Network, pixels: np.ndarray, level: float | None = None) -> Found:
    """Return the noise of a picture, (H, W, C); a given level is not estimated."""
    if _is_grey(pixels):
        noise = find_noise(model, pixels[..., :1], level)
        return noise._replace(repaired=np.broadcast_to(noise.repaired, pixels.shape))
    repaired, impulses = remove_impulses(pixels)
    found = estimate(model, repaired) if level is None else Estimate(level)
    return Found(repaired, impulses, found)


def denoise_blind(model: Network, pixels: np.ndarray) -> tuple[np.ndarray, Found]:
    """Return a picture, (H, W, C), denoised by a network, and the noise that was found in it."""
    noise = find_noise(model, pixels)
    return denoise_picture(model, pixels, noise), noise


def check_options(
    model: Network, level: float | None, strength: float, source: object = "the model"
) -> None:
    """Raise `UserError` if a model, called `source`, cannot use a level or a strength."""
    if level is not None:
        check_level(model, round(level * strength, 6), source)
    elif strength != 1 and not model.has_level:
        raise UserError(f"{source} has no level input. Leave the strength out.")


def denoise_picture(
    model: Network,
    pixels: np.ndarray,
    noise: Found,
    strength: float = 1.0,
    method: str = NETWORK,
    progress: Callable[[int], object] = ignore,
) -> np.ndarray:
    """Return a picture without its noise, of the same shape and type.

    A grey picture stored in three channels is denoised in one, as its noise is the same in each.
    A picture of level 0 loses its impulses alone. A network without a level input denoises in any
    case; for the others, the level is limited to the range that the network was trained on.

    Parameters
    ----------
    pixels : (H, W, C), C 1 or 3; ``uint8``, ``uint16``, or floats, noisy ones of [0, 1].
    noise : from `find_noise`.
    strength : multiplies the level.
    method : ``network``, or a key of `denoising.baselines.methods.PARAMETERS`. The median takes the
        picture with its impulses.
    progress : called with the number of pixels done.
    """
    if _is_grey(pixels):
        noise = noise._replace(repaired=noise.repaired[..., :1])
        grey = denoise_picture(model, pixels[..., :1], noise, strength, method, progress)
        return np.repeat(grey, 3, axis=2)
    level = noise.estimate.level * strength
    if method == NETWORK and not model.has_level:
        return denoise_large(model, noise.repaired, progress=progress)
    if method == MEDIAN and noise.impulses:
        noise, level = noise._replace(repaired=pixels), max(level, np.finfo(float).tiny)
    if level == 0:
        progress(pixels[..., 0].size)
        return noise.repaired.copy()
    if method != NETWORK:
        from denoising.baselines.methods import filter_large  # slow to import

        return filter_large(method, noise.repaired, level, progress)
    lowest = model.card.levels[0] if model.card and model.card.levels else 0.0
    limited = min(max(level, lowest), highest_level(model))
    return denoise_large(model, noise.repaired, limited, progress)


def _is_grey(pixels: np.ndarray) -> bool:
    """Return whether a picture, (H, W, C), has three channels that are alike."""
    if pixels.shape[2] != 3:
        return False
    return all(np.array_equal(pixels[..., 0], pixels[..., other]) for other in (1, 2))
