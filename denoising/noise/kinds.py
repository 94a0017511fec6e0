"""The names under which the kinds of noise, and their levels, are shown."""

from typing import NamedTuple


class Kind(NamedTuple):
    """The shown name of a kind of noise, and the meaning of its level."""

    label: str
    unit: str


KINDS = {
    "gaussian": Kind("Gaussian", "standard deviation, on a scale from black 0 to white 1"),
    "speckle": Kind("speckle", "standard deviation relative to the brightness"),
    "poisson": Kind("Poisson", "1 / √(photons at full white)"),
    "salt_and_pepper": Kind("salt-and-pepper", "fraction of pixels that turn black or white"),
}
