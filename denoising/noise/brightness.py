"""Noise that grows with the brightness, as that of photons and electrons does in linear light.

Microscopes, telescopes and X-rays have it, and most of their pictures is dark. The level of the
dark parts would leave the noise of the bright ones, and with it most of the error.
"""

import numpy as np

from denoising.noise.features import LUMA, luma_blocks

PARTS = 8  # of the range of brightness
FEWEST = 12  # blocks in a part
# A low percentile of the deviations in the blocks of a part counts, as texture adds to others; and
# the deviation there of noise of level 1: the root of that of the chi-squared distribution over its
# degrees of freedom, 16 between the diagonals, and 32 between rows and between columns.
PERCENTILE, DIAGONALS, SIDES = 20, 0.835, 0.89
# Levels of the brightest and of a middle part over that of the darkest, at least: the noise grows
# all the way, where texture of bright parts begins at some brightness.
GROWS, GROWS_HALFWAY = 1.6, 1.3
ALIKE = 1.2  # differences between rows and columns over those between diagonals: texture has more
POWER = 6  # of the mean of levels: noise that stays in bright parts counts most
LEAST = 1e-5  # level


def level_of_growing_noise(image: np.ndarray) -> float:
    """Return the level at which to remove noise that grows with the brightness; 0 without any.

    The noise of single pixels is measured in differences between the diagonals of 2×2 pixels, in
    which texture hardly shows. It is noise if those between rows and columns are as large.

    Parameters
    ----------
    image : (H, W, C), C 1 or 3, floats on the scale from 0 to 1.
    """
    blocks = luma_blocks(image)
    if image.shape[2] == 3:  # white noise of all channels shows less in their brightness
        blocks = blocks / np.linalg.norm(LUMA)
    brightness = blocks.mean(axis=(1, 2))
    diagonals, sides = _differences(blocks)
    edges = np.linspace(brightness.min(), brightness.max(), PARTS + 1)[1:-1]
    part = np.digitize(brightness, edges)
    parts = [part == one for one in range(PARTS) if (part == one).sum() >= FEWEST]
    if len(parts) < 3:
        return 0.0
    levels = np.array([np.percentile(diagonals[one], PERCENTILE) / DIAGONALS for one in parts])
    others = np.array([np.percentile(sides[one], PERCENTILE) / SIDES for one in parts])
    shares = np.array([one.sum() for one in parts]) / sum(one.sum() for one in parts)
    means = np.array([brightness[one].mean() for one in parts])
    slope, start = np.polyfit(means, np.square(levels), 1, w=np.sqrt(shares))
    darkest, brightest = start + slope * means[[0, -1]]
    halfway = levels[len(levels) // 2]
    if brightest < GROWS**2 * max(darkest, 0) or halfway < GROWS_HALFWAY * levels[0]:
        return 0.0
    likeness = np.log(np.maximum(others, LEAST) / np.maximum(levels, LEAST))
    if np.exp(shares @ likeness) > ALIKE:
        return 0.0
    return float((shares @ levels**POWER) ** (1 / POWER))


def _differences(blocks: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the root mean squares of differences in 2×2 pixels of blocks, (N, H, W), each (N,).

    Between the diagonals, and between rows and columns, which white noise has at its level.
    """
    a, b, c, d = (blocks[:, top::2, left::2] for top in (0, 1) for left in (0, 1))
    square = [np.square(one / 2).mean(axis=(1, 2)) for one in (a - b - c + d, a + b - c - d)]
    columns = np.square((a - b + c - d) / 2).mean(axis=(1, 2))
    return np.sqrt(square[0]), np.sqrt((square[1] + columns) / 2)
