"""The spread of the values of a picture, from which its range is found.

Cameras have pixels that are stuck far above all others. A single one would hide that a picture has
12 bits; a lamp at night, which has the same value, does not, as its light falls off around it.
"""

from dataclasses import dataclass

import numpy as np

BITS = (8, 10, 12, 14, 16)
SAMPLE = 2_000_000  # values that percentiles are taken from
TAILS = (0.1, 99.9)  # percentiles that count as black and white
FEW = 0.001  # the fraction of the values that may be hot pixels
FAR = 2  # hot pixels lie this many times above the range of the others, with nothing in between
TOGETHER = 2  # hot neighbours of a hot pixel, at most
NEIGHBOURS = [(y, x) for y in (-1, 0, 1) for x in (-1, 0, 1) if (y, x) != (0, 0)]


@dataclass(frozen=True)
class Survey:
    """The spread of the values of a picture, without NaN, infinities and the value for no data.

    Attributes
    ----------
    least, most : the extremes.
    low, high : percentiles; for 8 and 16 bits, the extremes.
    usual : the largest value that is not of a hot pixel.
    hot, least_hot : the number of hot pixels, in pictures of 16 bits, and the lowest of them.
    number, above : the number of values, and of those above the white that is given.
    """

    least: float
    low: float
    high: float
    most: float
    usual: float
    hot: int = 0
    least_hot: float = float("inf")
    number: int = 1
    above: int = 0

    def joined(self, other: "Survey") -> "Survey":
        """Return the spread of two pictures."""
        return Survey(
            least=min(self.least, other.least),
            low=min(self.low, other.low),
            high=max(self.high, other.high),
            most=max(self.most, other.most),
            usual=max(self.usual, other.usual),
            hot=self.hot + other.hot,
            least_hot=min(self.least_hot, other.least_hot),
            number=self.number + other.number,
            above=self.above + other.above,
        )


def survey(
    values: np.ndarray, nodata: float | None = None, white: float | None = None
) -> Survey | None:
    """Return the spread of values, (H, W, C); None if there are none to count.

    Parameters
    ----------
    nodata : the value of pixels without data.
    white : the value of white, if it is given.
    """
    data = values
    if values.dtype.kind == "f" or nodata is not None:
        data = values[is_data(values, nodata)]
    if not data.size:
        return None
    least, most = float(data.min()), float(data.max())
    above = 0 if white is None or most <= white else int(np.count_nonzero(data > white))
    counts = {"number": data.size, "above": above}
    if is_short(values.dtype):  # only the largest value counts
        if values.dtype == np.uint8 or white is not None or not (hot := _hot(values, nodata)):
            return Survey(least, least, most, most, most, **counts)
        mask, usual = hot
        number, lowest = int(np.count_nonzero(mask)), float(values[mask].min())
        return Survey(least, least, most, most, usual, number, lowest, **counts)
    some = data.reshape(-1)[:: -(-data.size // SAMPLE)]
    low, high = np.percentile(some, TAILS)
    return Survey(least, float(low), float(high), most, most, **counts)


def _hot(values: np.ndarray, nodata: float | None) -> tuple[np.ndarray, float] | None:
    """Return where hot pixels are, and the largest other value; None if there are none."""
    for bits in BITS[:-1]:
        above = values >= 2**bits
        if nodata is not None:
            above &= values != nodata
        number = np.count_nonzero(above)
        if not number:
            return None
        if number > FEW * values.size:
            continue
        if values[above].min() >= FAR * 2**bits and _are_single(above):
            others = ~above if nodata is None else ~above & (values != nodata)
            return above, float(values[others].max())
    return None


def _are_single(mask: np.ndarray) -> bool:
    """Return whether the pixels of a mask, (H, W, C), are single ones rather than patches."""
    rows, columns, channels = np.nonzero(mask)
    wide = np.pad(mask, ((1, 1), (1, 1), (0, 0)))
    near = sum(
        wide[rows + 1 + down, columns + 1 + right, channels].astype(int)
        for down, right in NEIGHBOURS
    )
    return bool(np.max(near) <= TOGETHER)


def is_short(kind: np.dtype) -> bool:
    """Return whether values have 8 or 16 bits, unsigned."""
    return kind in (np.uint8, np.uint16)


def is_data(values: np.ndarray, nodata: float | None) -> np.ndarray:
    """Return which values are neither NaN nor infinite nor that of pixels without data."""
    found = np.isfinite(values)
    return found if nodata is None else found & (values != nodata)
