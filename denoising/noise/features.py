"""Statistics of a picture in which noise shows, whatever made it: deviations in its flattest parts.

White noise deviates as much in single pixels as, scaled by the side, in their means over squares.
Noise that neighbouring pixels share, as after demosaicing, JPEG compression or blurring, deviates
more in the means; the structure of a picture deviates little in flat parts.
"""

import numpy as np

FLOOR = 0.4 / 255  # added to deviations before their logarithm: they lie on a scale from 0 to 1
SCALES = (1, 2, 4)  # pixels, the sides of the squares that are averaged
LUMA = np.array([0.299, 0.587, 0.114], np.float32)
CLIPPED = 0.25  # fraction of black and white values from which a block shows too little noise
ENOUGH = 0.1  # fraction of blocks that must be left without these
SMALLEST = 8 * SCALES[-1]  # pixels, the side of the smallest picture
# Block side and percentile, with the deviation there of white noise of level 1: the root of the
# percentile of the chi-squared distribution over its degrees of freedom, side² - 3.
PERCENTILES = {(4, 3): 0.62, (4, 10): 0.736, (8, 5): 0.848, (8, 20): 0.922}


def features(image: np.ndarray) -> np.ndarray:
    """Return the statistics of an image, (20,), each the logarithm of a level plus `FLOOR`.

    For white noise all are about the logarithm of its level. A grey image counts as one whose
    channels are alike.

    Parameters
    ----------
    image : (H, W, C), C 1 or 3, floats on the scale from 0 to 1, at least `SMALLEST` pixels a side.
    """
    found = []
    luma, clipped = _luma(image), _clipped(image)
    white_noise = 1.0 if image.shape[2] == 1 else float(np.linalg.norm(LUMA))
    colours = [luma]
    if image.shape[2] == 3:
        colours += [(image[..., one] - image[..., 1]) / np.float32(2**0.5) for one in (0, 2)]
    for scale in SCALES:
        luma, *chroma = colours
        kept = {side: _kept(clipped, side) for side in (4, 8)}
        deviations = {side: _deviations(luma, kept[side], side) for side in kept}
        found += [
            scale * np.percentile(deviations[side], percent) / expected / white_noise
            for (side, percent), expected in PERCENTILES.items()
        ]
        if scale < SCALES[-1]:
            found.append(scale * _detail(luma) / white_noise)
        for side, percent in ((4, 3), (8, 5)):
            levels = [
                np.percentile(_deviations(colour, kept[side], side), percent)
                for colour in chroma or colours
            ]
            found.append(scale * float(np.mean(levels)) / PERCENTILES[side, percent])
        colours, clipped = [_halved(colour) for colour in colours], _halved(clipped)
    return np.log(np.array(found) + FLOOR)


def blocks_of_luma(image: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the mean brightness and the deviation of blocks of 8×8 pixels, each (blocks,).

    Blocks with many black or white values are left out, if others are left.
    """
    luma = _luma(image)
    kept = _kept(_clipped(image), 8)
    return _blocks(luma, 8)[kept].mean(axis=1), _deviations(luma, kept, 8)


def luma_blocks(image: np.ndarray) -> np.ndarray:
    """Return the brightness of blocks of 8×8 pixels, (blocks, 8, 8).

    Blocks with many black or white values are left out, as in `blocks_of_luma`.
    """
    return _blocks(_luma(image), 8)[_kept(_clipped(image), 8)].reshape(-1, 8, 8)


def _luma(image: np.ndarray) -> np.ndarray:
    return image[..., 0] if image.shape[2] == 1 else image @ LUMA


def _clipped(image: np.ndarray) -> np.ndarray:
    """Return the fraction of channels in which each pixel is black or white."""
    return ((image <= 0) | (image >= 1)).mean(axis=2, dtype=np.float32)


def _kept(clipped: np.ndarray, side: int) -> np.ndarray:
    """Return which blocks have few black and white values; all if hardly any, as on a page."""
    kept = _blocks(clipped, side).mean(axis=1) < CLIPPED
    return kept if kept.mean() >= ENOUGH else np.ones_like(kept)


def _blocks(plane: np.ndarray, side: int) -> np.ndarray:
    """Return the blocks of a plane, (blocks, side²); what is left over at the edges is left out."""
    rows, columns = (size // side for size in plane.shape)
    cut = plane[: rows * side, : columns * side].reshape(rows, side, columns, side)
    return cut.swapaxes(1, 2).reshape(rows * columns, side * side)


def _deviations(plane: np.ndarray, kept: np.ndarray, side: int) -> np.ndarray:
    """Return the deviation of each block that is kept from the plane fitted to it."""
    blocks = _blocks(plane, side)[kept]
    steps = np.linspace(-1, 1, side, dtype=np.float32)
    slopes = np.stack([np.repeat(steps, side), np.tile(steps, side)], axis=1)
    slopes /= np.linalg.norm(slopes, axis=0)
    centred = blocks - blocks.mean(axis=1, keepdims=True)
    rest = np.square(centred).sum(axis=1) - np.square(centred @ slopes).sum(axis=1)
    return np.sqrt(np.maximum(rest, 0) / (side * side - 3))


def _detail(plane: np.ndarray) -> float:
    """Return the level of white noise from diagonal second differences (Immerkær 1996).

    doi:10.1006/cviu.1996.0060, with the median absolute deviation instead of the mean.
    """
    rows = plane[:-2] - 2 * plane[1:-1] + plane[2:]
    both = rows[:, :-2] - 2 * rows[:, 1:-1] + rows[:, 2:]
    return float(np.median(np.abs(both))) / 6 / 0.6745


def _halved(plane: np.ndarray) -> np.ndarray:
    """Return the means of squares of 2×2 pixels."""
    rows, columns = (size // 2 * 2 for size in plane.shape)
    plane = plane[:rows, :columns]
    return (plane[::2, ::2] + plane[1::2, ::2] + plane[::2, 1::2] + plane[1::2, 1::2]) / 4
