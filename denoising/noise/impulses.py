"""Find impulses, single black or white pixels (salt-and-pepper noise), and replace them.

The replacement is the median of the neighbours that are no impulses themselves, as in adaptive
median filters (Hwang and Haddad 1995, doi:10.1109/83.370679); every other value is kept.
"""

from collections.abc import Iterator

import numpy as np

from denoising.images import white_value

STEP = 0.15  # least distance of an impulse from its neighbours, of white
SPREADS = 3.0  # least distance, in standard deviations of the neighbours
FEWEST = 0.002  # fraction of impulses in a picture that has any
RARER = 0.1  # fraction of impulses that are of the rarer colour, black or white
SHADES = 0.25  # fraction of a picture that must have shades around it to be judged
NEAR = 0.08  # distance from black, or white, of values that are almost so, of white
CROWDED = 12  # black and white neighbours of an impulse, at most, by the fraction of impulses
ALIKE = 0.85  # fraction of a window that is black, or white, where black or white is no impulse
ROWS = 256  # of a picture, judged together
RADII = (1, 2, 3)  # of the neighbourhoods, tried one after the other
TOGETHER = 2**17  # values replaced together


def remove_impulses(pixels: np.ndarray) -> tuple[np.ndarray, float]:
    """Replace the impulses of a picture; return it and the fraction of values that were impulses.

    Black and white values are impulses where they stand out from their neighbours, and if there are
    enough of both colours. Strong noise that is clipped has values that are almost black or white
    in such places, too; there must be fewer of these. Otherwise the same array is returned, and 0.

    Parameters
    ----------
    pixels : (H, W, C), ``uint8``, ``uint16``, or floats on the scale from 0 to 1.
    """
    white = white_value(pixels.dtype)
    if min(pixels.shape[:2]) < 3 or not _may_have(pixels, white):
        return pixels, 0.0
    black = light = seen = beside = almost = 0
    for start in range(0, len(pixels), ROWS):
        part = _with_margin(pixels, start)
        shades, hit, near = _standing_out(part, white)
        almost += int(near.sum())
        seen += int((shades >= 4).sum())
        beside += int((8 - shades[hit]).sum())
        black += int((hit & (_inner(part) <= 0)).sum())
        light += int((hit & (_inner(part) >= white)).sum())
    found = black + light
    if seen < SHADES * pixels.size or found < max(FEWEST * seen, 4):
        return pixels, 0.0
    strewn = beside / found <= 1 + CROWDED * found / seen
    if not strewn or min(black, light) < RARER * found or found <= almost:
        return pixels, 0.0
    result = pixels.copy()
    for channel in range(pixels.shape[2]):
        _replace(pixels[..., channel], result[..., channel], white)
    return result, found / seen


def _with_margin(pixels: np.ndarray, start: int) -> np.ndarray:
    """Return `ROWS` rows with one pixel around them, mirrored at the picture's borders."""
    rows = np.abs(np.arange(start - 1, min(start + ROWS, len(pixels)) + 1))
    mirrored = np.minimum(rows, 2 * (len(pixels) - 1) - rows)
    return np.pad(pixels[mirrored], ((0, 0), (1, 1), (0, 0)), mode="reflect")


def _may_have(pixels: np.ndarray, white: int) -> bool:
    """Return whether there are enough black and white values for impulses."""
    counts = [int((pixels <= 0).sum()), int((pixels >= white).sum())]
    return sum(counts) >= FEWEST * pixels.size and min(counts) > 0


def _standing_out(wide: np.ndarray, white: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return how many neighbours of each value are shades, and which values are impulses.

    A value is judged if at least half of its eight neighbours are shades, neither black nor white:
    on the white of a page, the black of its letters is no noise. The third array tells which values
    are almost black, or white, where that colour would be an impulse.

    Parameters
    ----------
    wide : rows of a picture with a margin of one pixel around them.
    """
    inside = (wide > 0) & (wide < white)
    values = np.where(inside, wide, 0).astype(np.float32) / white
    count, total, squares = (np.zeros(_inner(wide).shape, np.float32) for _ in range(3))
    for near, there in zip(_neighbours(values), _neighbours(inside), strict=True):
        count += there
        total += near
        squares += near * near
    judged = count >= 4
    safe = np.maximum(count, 1)
    mean = total / safe
    spread = np.sqrt(np.maximum(squares / safe - mean**2, 0))
    if judged.any():  # eight neighbours may agree by chance
        spread = np.maximum(spread, np.median(spread[judged]))
    value, least = _inner(wide) / np.float32(white), np.maximum(STEP, SPREADS * spread)
    far = (np.abs(value - mean) > least) & ~_inner(inside)
    dark, light = (value <= NEAR) & (mean > least), (value >= 1 - NEAR) & (1 - mean > least)
    return count, judged & far, judged & _inner(inside) & (dark | light)


def _inner(wide: np.ndarray) -> np.ndarray:
    return wide[1:-1, 1:-1]


def _neighbours(wide: np.ndarray) -> Iterator[np.ndarray]:
    """Yield the eight neighbours of each value but those of the margin."""
    height, width = wide.shape[0] - 2, wide.shape[1] - 2
    for top in range(3):
        for left in range(3):
            if (top, left) != (1, 1):
                yield wide[top : top + height, left : left + width]


def _replace(values: np.ndarray, result: np.ndarray, white: int) -> None:
    """Write the replacements of black and white values, (H, W), into `result`.

    Where most neighbours are black, or most are white, the value becomes theirs. A value without a
    neighbour in between is kept.
    """
    deepest = RADII[-1]
    wide = np.pad(values, deepest, mode="symmetric")
    rows, columns = np.nonzero((values <= 0) | (values >= white))
    for start in range(0, len(rows), TOGETHER):
        todo = rows[start : start + TOGETHER], columns[start : start + TOGETHER]
        for radius in RADII:
            steps = np.arange(-radius, radius + 1) + deepest
            windows = wide[
                todo[0][:, None, None] + steps[:, None], todo[1][:, None, None] + steps
            ].reshape(len(todo[0]), steps.size**2)
            found, known = _medians(windows, white, ALIKE if radius < deepest else 0.5)
            result[todo[0][known], todo[1][known]] = found[known]
            todo = todo[0][~known], todo[1][~known]


def _medians(windows: np.ndarray, white: int, alike: float) -> tuple[np.ndarray, np.ndarray]:
    """Return the median of the values of each window, (N, P), and whether it has any.

    Black and white are left out. In a window without other values it is black, or white, if more
    than the fraction `alike` is.
    """
    black, light = windows <= 0, windows >= white
    counts = (~(black | light)).sum(axis=1)
    ordered = np.sort(np.where(black | light, white, windows), axis=1)  # those left out come last
    found = np.take_along_axis(ordered, counts[:, None] // 2, axis=1)[:, 0]
    empty = counts == 0
    found[empty & (black.mean(axis=1) > alike)] = 0
    known = ~empty | (black.mean(axis=1) > alike) | (light.mean(axis=1) > alike)
    return found, known
