"""Denoise pictures of any size: overlapping tiles, in bounded memory, without seams."""

from collections.abc import Callable, Iterator

import numpy as np

from denoising.files.errors import UserError
from denoising.images import white_value
from denoising.inference.engine import Network
from denoising.inference.predict import denoise

TILE = 1024
# Pixels computed around each tile and discarded; a multiple of every network's stride.
HALO = 64

Region = tuple[slice, slice]
"""Rows and columns of a picture."""


def ignore(done: int) -> None:
    """Report no progress."""


def denoise_large(
    model: Network,
    pixels: np.ndarray,
    level: float | None = None,
    progress: Callable[[int], object] = ignore,
) -> np.ndarray:
    """Denoise a picture tile by tile, with only one tile in floats at a time.

    Each tile is computed with a margin, so that neighbouring tiles agree where they meet, as long
    as the network's receptive field does not exceed the margin.

    Parameters
    ----------
    model : a denoiser for one channel or three. With one, a colour picture is denoised channel by
        channel; with three, a grey picture is repeated in each channel and averaged afterwards.
    pixels : (H, W, C), C 1 or 3; ``uint8``, ``uint16``, or floats, noisy ones of [0, 1].
    level : noise level, for a model with a level input.
    progress : called after each tile with the number of pixels in it.

    Returns
    -------
    pixels of the same shape and type.

    Raises
    ------
    UserError
        The model returns NaN, for example because its training has failed.
    """

    def restore(seen: np.ndarray) -> np.ndarray:
        restored = _in_channels(model, seen, level)
        if not np.isfinite(restored).all():
            raise UserError(
                f"The network {model.name} returns NaN instead of an image: its weights are "
                "damaged, or its training has failed. Train it again, or use another model."
            )
        return restored

    return by_tiles(restore, pixels, progress)


def by_tiles(
    restore: Callable[[np.ndarray], np.ndarray],
    pixels: np.ndarray,
    progress: Callable[[int], object] = ignore,
) -> np.ndarray:
    """Apply a function to a picture tile by tile; parameters and result are as in `denoise_large`.

    Parameters
    ----------
    restore : maps one image, ``float32``, (H, W, C), to one of the same shape.
    """
    white = white_value(pixels.dtype)
    result = np.empty_like(pixels)
    for inner, outer in tiles(*pixels.shape[:2]):
        restored = restore(pixels[outer].astype(np.float32) / white)
        top, left = (part.start - wide.start for part, wide in zip(inner, outer, strict=True))
        height, width = (part.stop - part.start for part in inner)
        cut = restored[top : top + height, left : left + width]
        result[inner] = cut if white == 1 else np.rint(cut * white)
        progress(height * width)
    return result


def tiles(height: int, width: int) -> Iterator[tuple[Region, Region]]:
    """Yield each tile of a picture, and the same tile with its margin."""
    for top in range(0, height, TILE):
        for left in range(0, width, TILE):
            rows, columns = _span(top, height), _span(left, width)
            yield (rows, columns), (_grown(rows, height), _grown(columns, width))


def _span(start: int, size: int) -> slice:
    return slice(start, min(start + TILE, size))


def _grown(inner: slice, size: int) -> slice:
    return slice(max(0, inner.start - HALO), min(inner.stop + HALO, size))


def _in_channels(model: Network, seen: np.ndarray, level: float | None) -> np.ndarray:
    """Denoise one image, (H, W, C), with a model that may have another number of channels."""
    channels = model.image_shape[-1]
    if channels is None or channels == seen.shape[-1]:
        return denoise(model, seen[None], level)[0]
    if channels == 1:
        one_by_one = np.moveaxis(seen, -1, 0)[..., None]
        return np.moveaxis(denoise(model, one_by_one, level)[..., 0], 0, -1)
    repeated = np.repeat(seen, channels, axis=-1)[None]
    return denoise(model, repeated, level)[0].mean(axis=-1, keepdims=True)
