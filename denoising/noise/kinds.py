"""Shown names of the kinds of noise, and the units of their levels."""

from typing import NamedTuple


class Kind(NamedTuple):
    """A kind of noise, as shown to readers.

    Attributes
    ----------
    label : its name, to stand before "noise".
    unit : the quantity that its level measures.
    """

    label: str
    unit: str


KINDS = {
    "gaussian": Kind("Gaussian", "standard deviation, with black at 0 and white at 1"),
    "speckle": Kind("speckle", "standard deviation relative to the brightness"),
    "poisson": Kind("Poisson", "1 / √(photons at full white)"),
    "salt_and_pepper": Kind("salt-and-pepper", "fraction of pixels that turn black or white"),
    "camera": Kind("camera", "root mean square, with black at 0 and white at 1"),
}
