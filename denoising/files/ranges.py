"""The values of black and white in a picture, and its values on the scale of the networks.

Networks take 8 bits, 16 bits, or floats on the scale from 0, black, to 1, white. Cameras and
microscopes store 10 to 14 bits in 16, signed values, counts and floats: those are brought to that
scale, and back to the old one afterwards.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from denoising.files.errors import UserError

BITS = (8, 10, 12, 14, 16)
MARGIN = 0.5  # noisy floats may lie this far outside of the scale from 0 to 1
DARKEST = 0.1  # floats of the scale from 0 to 1 reach more
SAMPLE = 2_000_000  # values that percentiles are taken from
TAILS = (0.1, 99.9)  # percentiles that count as black and white
ROWS = 256  # converted at a time


class Kept(NamedTuple):
    """What networks do not see of a picture.

    Attributes
    ----------
    places, values : flat indices and stored values of pixels that stay as they are.
    beyond, excess : flat indices of outliers, and how far they lie outside of the range.
    """

    places: np.ndarray
    values: np.ndarray
    beyond: np.ndarray
    excess: np.ndarray


@dataclass(frozen=True)
class Survey:
    """The spread of the values of a picture, without NaN, infinities and the value for no data."""

    least: float
    low: float
    high: float
    most: float

    def joined(self, other: "Survey") -> "Survey":
        """Return the spread of two pictures."""
        least, low = min(self.least, other.least), min(self.low, other.low)
        return Survey(least, low, max(self.high, other.high), max(self.most, other.most))


@dataclass(frozen=True)
class Scale:
    """The stored values of black and white.

    Attributes
    ----------
    stored : type of the values in the file.
    nodata : the value of pixels without data, if there are any.
    inside : whether no value lies outside of black and white.
    has_outliers : whether values outside of the range are of the picture rather than noise.
    note : the range, in words, if it is not that of the type.
    """

    stored: np.dtype
    black: float
    white: float
    inside: bool = True
    has_outliers: bool = False
    nodata: float | None = None
    note: str = ""

    @property
    def whole(self) -> bool:
        """Whether networks take the values as they are."""
        return _is_short(self.stored) and self.white == np.iinfo(self.stored).max

    def to_work(self, values: np.ndarray) -> tuple[np.ndarray, Kept | None]:
        """Return values, (H, W, C), as networks take them, and the pixels that stay as they are.

        Those are the values of `stored`, ``uint16`` where they fit in, else ``float32`` with 0 for
        black and 1 for white. NaN, infinities and pixels without data stay as they are; the network
        sees their nearest neighbours instead. So do values more than half the range outside of it,
        up to which noise may reach. Of outliers, the network sees black or white, and the rest is
        added afterwards.
        """
        if self.whole:
            return values, None
        if self.inside and _is_short(self.stored):
            steps = np.arange(self.white + 1) * (65535 / self.white)
            table = np.rint(steps).astype(np.uint16)
            return _by_rows(lambda rows: table[rows], values, np.dtype(np.uint16)), None
        span = self.white - self.black
        work = _by_rows(lambda rows: (rows - self.black) / span, values, np.dtype(np.float32))
        strange = ~_is_data(values, self.nodata)
        if not self.has_outliers:
            strange |= (work < -MARGIN) | (work > 1 + MARGIN)
        places = np.flatnonzero(strange)
        if len(places):
            _fill(work, strange)
        flat = work.reshape(-1)
        beyond = np.flatnonzero((flat < 0) | (flat > 1)) if self.has_outliers else places[:0]
        inside = np.clip(flat[beyond], 0, 1)
        excess = (flat[beyond] - inside) * span
        flat[beyond] = inside
        return work, Kept(places, values.reshape(-1)[places], beyond, excess)

    def to_stored(self, work: np.ndarray, kept: Kept | None) -> np.ndarray:
        """Return values of the network's scale, (H, W, C), as they are stored in the file."""
        if self.whole:
            return work
        top, span = (65535, self.white) if work.dtype == np.uint16 else (1, self.white - self.black)

        def back(rows: np.ndarray) -> np.ndarray:
            return self._stored(rows.astype(np.float64) * (span / top) + self.black)

        values = _by_rows(back, work, self.stored)
        if kept is not None:
            flat = values.reshape(-1)
            flat[kept.beyond] = self._stored(flat[kept.beyond] + kept.excess)
            flat[kept.places] = kept.values
        return values

    def _stored(self, values: np.ndarray) -> np.ndarray:
        if self.stored.kind not in "iu":
            return values
        limits = np.iinfo(self.stored)
        return np.clip(np.rint(values), limits.min, limits.max)


def survey(values: np.ndarray, nodata: float | None = None) -> Survey | None:
    """Return the spread of values of any shape; None if there are none to count."""
    if values.dtype.kind == "f" or nodata is not None:
        values = values[_is_data(values, nodata)]
    if not values.size:
        return None
    least, most = float(values.min()), float(values.max())
    if _is_short(values.dtype):  # only the largest value counts
        return Survey(least, least, most, most)
    some = values.reshape(-1)[:: -(-values.size // SAMPLE)]
    low, high = np.percentile(some, TAILS)
    return Survey(least, float(low), float(high), most)


def find_scale(
    stored: np.dtype,
    seen: Survey | None,
    white: float | None = None,
    declared: int | None = None,
    nodata: float | None = None,
) -> Scale:
    """Return the range of a picture.

    Parameters
    ----------
    stored : type of its values; 8 bits need no `seen`.
    white : the value of white, if it is known; it does not concern pictures of 8 bits.
    declared : number of bits that the file's metadata states.

    Raises
    ------
    UserError
        The type cannot hold `white`.
    """
    native = stored.newbyteorder("=")
    if native == np.uint8 or seen is None:
        top = float(np.iinfo(native).max) if native.kind in "iu" else 1.0
        return Scale(native, 0.0, top, nodata=nodata)
    if white is not None and native.kind in "iu" and white > np.iinfo(native).max:
        raise UserError(
            f"White is given as {white:g}, but values of type {native} only reach "
            f"{np.iinfo(native).max}. Give a lower value of white, or none."
        )
    if native == np.uint16:
        return _of_unsigned(native, seen, white, declared, nodata)
    black, found, has_outliers = _black_and_white(native, seen)
    note = f"{native} with black at {black:g} and white at {found:g}"
    if native.kind == "f" and (black, found) == (0, 1):
        note = ""
    if white is not None:
        has_outliers = False
        black = 0.0 if seen.low >= -MARGIN * white else black  # noise about 0 is below it
        found, note = white, f"{native} with black at {black:g} and white at {white:g}"
        if white <= black:
            raise UserError(
                f"White is given as {white:g}, but black is at {black:g}. Give a higher value."
            )
    return Scale(native, black, found, False, has_outliers, nodata, note)


def _of_unsigned(
    stored: np.dtype, seen: Survey, white: float | None, declared: int | None, nodata: float | None
) -> Scale:
    note = ""
    if white is not None:
        note = f"white at {white:g}"
    elif seen.most == 0:
        white = 65535.0
    else:
        fitting = declared if declared and seen.most < 2**declared else None
        bits = fitting or next(bits for bits in BITS if seen.most < 2**bits)
        white = 2.0**bits - 1
        if bits < 16:
            why = "as the file states" if fitting else f"no value is above {seen.most:g}"
            note = f"{bits} bits in 16, white at {white:g}: {why}"
    inside = seen.most <= white and white == int(white) and nodata is None
    return Scale(stored, 0.0, white, inside, False, nodata, note)


def _black_and_white(stored: np.dtype, seen: Survey) -> tuple[float, float, bool]:
    """Return black and white of floats, signed and long integers, and whether some lie outside.

    Floats that fit in stay on the scale from 0 to 1. Otherwise these are the extremes, or, if few
    pixels stretch them to more than twice the rest, percentiles.
    """
    near = seen.least >= -MARGIN and seen.most <= 1 + MARGIN and seen.high >= DARKEST
    if stored.kind == "f" and near:
        return 0.0, 1.0, False
    if 0 < seen.high - seen.low < (seen.most - seen.least) / 2:
        return seen.low, seen.high, True
    return seen.least, seen.most if seen.most > seen.least else seen.least + 1, False


def declared_bits(most: float) -> int | None:
    """Return the number of bits that hold a largest value; None if 16 do not."""
    return next((bits for bits in BITS if 1 < most < 2**bits), None)


def _is_short(kind: np.dtype) -> bool:
    return kind in (np.uint8, np.uint16)


def _is_data(values: np.ndarray, nodata: float | None) -> np.ndarray:
    found = np.isfinite(values)
    return found if nodata is None else found & (values != nodata)


def _by_rows(
    convert: Callable[[np.ndarray], np.ndarray], values: np.ndarray, kind: np.dtype
) -> np.ndarray:
    """Convert some rows at a time: indices and floats of a whole picture would fill the memory."""
    found = np.empty(values.shape, kind)
    for top in range(0, len(values), ROWS):
        with np.errstate(invalid="ignore", over="ignore"):  # NaN and infinity, put back later
            found[top : top + ROWS] = convert(values[top : top + ROWS])
    return found


def _fill(work: np.ndarray, strange: np.ndarray) -> None:
    """Give strange pixels the value of the nearest other one, in each channel."""
    from scipy.ndimage import distance_transform_edt  # slow to import

    for channel in range(work.shape[2]):
        plane, holes = work[..., channel], strange[..., channel]
        if holes.all():
            plane[...] = 0
        elif holes.any():
            nearest = distance_transform_edt(holes, return_distances=False, return_indices=True)
            plane[holes] = plane[tuple(np.asarray(nearest)[:, holes])]
