"""Denoise pictures of any size: overlapping tiles, in bounded memory, without seams."""

from collections.abc import Callable, Iterator

import keras
import numpy as np

from denoising.files.models import image_shape
from denoising.networks.inputs import has_level_input, pad, padding, with_level

TILE = 384
# Pixels that are computed around a tile and thrown away; a multiple of every network's stride.
HALO = 64


def denoise_large(
    model: keras.Model,
    pixels: np.ndarray,
    level: float | None = None,
    progress: Callable[[int], None] = lambda done: None,
) -> np.ndarray:
    """Denoise a picture tile by tile; a tile at a time is computed in floats.

    Each tile is computed with a margin of its surroundings, so that two neighbours agree where
    they meet, as far as the network does not see beyond the margin.

    Parameters
    ----------
    model : for one channel or for three. One for grey pictures takes colour channel by channel,
        one for colour takes grey as three equal channels, which it averages again.
    pixels : ``uint8`` or ``uint16``, (H, W, C), C 1 or 3.
    level : of the noise, for a model that is told.
    progress : is told after each tile how many pixels are done since the one before.

    Returns
    -------
    pixels of the same shape and type.
    """
    white = np.iinfo(pixels.dtype).max
    result = np.empty_like(pixels)
    for inner, outer in tiles(*pixels.shape[:2]):
        seen = pixels[outer].astype(np.float32) / white
        restored = _in_channels(model, seen, level)
        top, left = (part.start - wide.start for part, wide in zip(inner, outer, strict=True))
        height, width = (part.stop - part.start for part in inner)
        cut = restored[top : top + height, left : left + width]
        result[inner] = np.rint(cut * white).astype(pixels.dtype)
        progress(height * width)
    return result


def tiles(height: int, width: int) -> Iterator[tuple[tuple[slice, slice], tuple[slice, slice]]]:
    """Yield for each tile of a picture what is kept of it, and what is computed for that."""
    for top in range(0, height, TILE):
        for left in range(0, width, TILE):
            inner = _span(top, height), _span(left, width)
            yield inner, tuple(_grown(*part) for part in zip(inner, (height, width), strict=True))


def _span(start: int, size: int) -> slice:
    return slice(start, min(start + TILE, size))


def _grown(inner: slice, size: int) -> slice:
    return slice(max(0, inner.start - HALO), min(inner.stop + HALO, size))


def _in_channels(model: keras.Model, seen: np.ndarray, level: float | None) -> np.ndarray:
    """Denoise one image, (H, W, C), by a model that may have another number of channels."""
    channels = image_shape(model)[-1]
    if channels == seen.shape[-1]:
        return _restore(model, seen[None], level)[0]
    if channels == 1:
        one_by_one = np.moveaxis(seen, -1, 0)[..., None]
        return np.moveaxis(_restore(model, one_by_one, level)[..., 0], 0, -1)
    repeated = np.repeat(seen, channels, axis=-1)[None]
    return _restore(model, repeated, level)[0].mean(axis=-1, keepdims=True)


def _restore(model: keras.Model, images: np.ndarray, level: float | None) -> np.ndarray:
    """Denoise images as `denoise` does, but without tracing: tiles at the edges differ in size."""
    height, width = images.shape[1:3]
    seen = pad(images, padding(model, images.shape[1:]))
    output = model(with_level(seen, level) if has_level_input(model) else seen, training=False)
    if isinstance(output, dict):
        output = output["reconstruction"]
    return np.clip(keras.ops.convert_to_numpy(output)[:, :height, :width], 0, 1)
