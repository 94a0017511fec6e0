"""JPEG compression of pictures in memory."""

from typing import Literal

import numpy as np

Subsampling = Literal["4:4:4", "4:2:0"]
BLOCK = 8  # pixels, the side of what is compressed together


def jpeg(
    picture: np.ndarray,
    quality: int,
    subsampling: Subsampling = "4:2:0",
    corner: tuple[int, int] = (0, 0),
) -> np.ndarray:
    """Return a picture as it is read after JPEG compression.

    Parameters
    ----------
    picture : ``uint8``, (H, W, C); unless C is 3, each channel is compressed as a grey picture.
    quality : 1 to 100, as in libjpeg.
    subsampling : of the colours.
    corner : row and column of the first pixel in its block, 0 to 7, as in a part of a photograph.
    """
    from imagecodecs import jpeg8_decode, jpeg8_encode  # most noise does without

    height, width, channels = picture.shape
    if channels != 3 and channels > 1:
        parts = np.split(picture, channels, axis=2)
        return np.concatenate([jpeg(part, quality, corner=corner) for part in parts], axis=2)
    wide = np.pad(picture, (*((size, 0) for size in corner), (0, 0)), mode="edge")
    colours = subsampling.replace(":", "") if channels == 3 else None
    pixels = wide.squeeze(2) if channels == 1 else wide
    written = jpeg8_encode(pixels, level=quality, subsampling=colours)
    return jpeg8_decode(written).reshape(wide.shape)[-height:, -width:]
