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
from denoising.files.survey import BITS, FAR, Survey, is_data, is_short

MARGIN = 0.5  # noisy floats may lie this far outside of the scale from 0 to 1
DARKEST = 0.1  # floats of the scale from 0 to 1 reach more
MOST_ABOVE = 0.5  # the fraction of the values that may lie above a given white
ROWS = 64  # converted at a time


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
        return is_short(self.stored) and self.white == np.iinfo(self.stored).max

    def to_work(self, values: np.ndarray, reuse: bool = False) -> tuple[np.ndarray, Kept | None]:
        """Return values, (H, W, C), as networks take them, and the pixels that stay as they are.

        Those are the values of `stored`, ``uint16`` where they fit in, else ``float32`` with 0 for
        black and 1 for white. NaN, infinities and pixels without data stay as they are; the network
        sees their nearest neighbours instead. So do values more than half the range outside of it,
        up to which noise may reach. Of outliers, the network sees black or white, and the rest is
        added afterwards.

        Parameters
        ----------
        reuse : whether the memory of `values` may take the result, if it fits in.
        """
        if self.whole:
            return values, None
        if self.inside and is_short(self.stored):
            steps = np.arange(self.white + 1) * (65535 / self.white)
            table = np.rint(steps).astype(np.uint16)
            place = values if reuse and values.dtype == np.uint16 else None
            return _by_rows(lambda rows: table[rows], values, np.dtype(np.uint16), place), None
        span = self.white - self.black
        work = _by_rows(lambda rows: (rows - self.black) / span, values, np.dtype(np.float32))
        strange = ~is_data(values, self.nodata)
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

    def to_stored(
        self, work: np.ndarray, kept: Kept | None, place: np.ndarray | None = None
    ) -> np.ndarray:
        """Return values of the network's scale, (H, W, C), as they are stored in the file.

        Parameters
        ----------
        place : array of the result, if it is there already.
        """
        if self.whole:
            if place is None:
                return work
            place[...] = work
            return place
        top, span = (65535, self.white) if work.dtype == np.uint16 else (1, self.white - self.black)

        def back(rows: np.ndarray) -> np.ndarray:
            return self._stored(rows.astype(np.float64) * (span / top) + self.black)

        values = _by_rows(back, work, self.stored, place)
        if kept is not None:
            beyond, places = (np.unravel_index(at, work.shape) for at in (kept.beyond, kept.places))
            values[beyond] = self._stored(values[beyond] + kept.excess)
            values[places] = kept.values
        return values

    def _stored(self, values: np.ndarray) -> np.ndarray:
        if self.stored.kind not in "iu":
            return values
        limits = np.iinfo(self.stored)
        return np.clip(np.rint(values), limits.min, limits.max)


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
        The type cannot hold `white`, or most values are above it.
    """
    native = stored.newbyteorder("=")
    if native == np.uint8 or seen is None:
        top = float(np.iinfo(native).max) if native.kind in "iu" else 1.0
        unused = native == np.uint8 and white not in (None, top)
        note = "white is 255 in 8 bits, the value given is not used" if unused else ""
        return Scale(native, 0.0, top, nodata=nodata, note=note)
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
        if white <= black:
            raise UserError(
                f"White is given as {white:g}, but black is at {black:g}. Give a higher value."
            )
        found, note = white, f"{native} with black at {black:g} and {_given(white, seen)}"
    return Scale(native, black, found, False, has_outliers, nodata, note)


def _of_unsigned(
    stored: np.dtype, seen: Survey, white: float | None, declared: int | None, nodata: float | None
) -> Scale:
    note, most = "", seen.most
    if white is not None:
        note = _given(white, seen)
    elif most == 0:
        white = 65535.0
    else:
        bits, states = _bits(seen.usual, declared)
        single = seen.hot > 0 and seen.least_hot >= FAR * 2**bits
        if seen.hot and not single:
            bits, states = _bits(most, declared)
        white = 2.0**bits - 1
        if bits < 16:
            highest = seen.usual if single else most
            why = "as the file states" if states else f"no value is above {highest:g}"
            note = f"{bits} bits in 16, white at {white:g}: {why}"
            note += f", but for {_single_pixels(seen.hot)}" if single else ""
    inside = most <= white and white == int(white) and nodata is None
    return Scale(stored, 0.0, white, inside, False, nodata, note)


def _bits(most: float, declared: int | None) -> tuple[int, bool]:
    """Return the number of bits of values up to `most`, and whether it is the one declared."""
    if declared and most < 2**declared:
        return declared, True
    return next(bits for bits in BITS if most < 2**bits), False


def _single_pixels(number: int) -> str:
    return f"{number:,} single pixels, which stay" if number > 1 else "a single pixel, which stays"


def _given(white: float, seen: Survey) -> str:
    """Return words about the white that is given; raise `UserError` if it is far too low."""
    above = seen.above / seen.number
    if above > MOST_ABOVE:
        raise UserError(
            f"White is given as {white:g}, but {above:.0%} of the values are above it, up to "
            f"{seen.most:g}. Give a higher value, or leave it out."
        )
    return f"white at {white:g}" + (f", {above:.1%} of the values above it" if above else "")


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


def _by_rows(
    convert: Callable[[np.ndarray], np.ndarray],
    values: np.ndarray,
    kind: np.dtype,
    place: np.ndarray | None = None,
) -> np.ndarray:
    """Convert some rows at a time: indices and floats of a whole picture would fill the memory."""
    found = np.empty(values.shape, kind) if place is None else place
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
