"""One colour for each arm, state of an image and curve, in light and in dark mode.

The report, the page of `dvc plots`, the figures and the documentation all take theirs from here.
"""

from typing import NamedTuple

from denoising.evaluation.arms import ALL_ARMS

# The harder background of each mode: the page in light mode, a card in dark mode.
LIGHT, DARK = "#fbfaf7", "#1d2026"
LEAST_CONTRAST = 3.0  # of graphics: WCAG 2.2, criterion 1.4.11
STEPS = 20


class Colour(NamedTuple):
    """A colour, ``#rrggbb``, on a light background and on a dark one."""

    light: str
    dark: str


def contrast(colour: str, other: str) -> float:
    """Return the contrast ratio of two colours, 1 to 21, as WCAG 2.2 defines it."""
    dark, light = sorted((_luminance(colour), _luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def legible(colour: str, background: str) -> str:
    """Mix a colour, ``#rrggbb``, with as little black or white as gives it enough contrast."""
    end = 0 if _luminance(background) > 0.5 else 255
    for step in range(STEPS):
        mixed = [round(value + (end - value) * step / STEPS) for value in bytes.fromhex(colour[1:])]
        found = f"#{bytes(mixed).hex()}"
        if contrast(found, background) >= LEAST_CONTRAST:
            return found
    return f"#{bytes([end] * 3).hex()}"


def _luminance(colour: str) -> float:
    """Return the relative luminance of an sRGB colour, 0 to 1."""
    shares = [value / 255 for value in bytes.fromhex(colour[1:])]
    red, green, blue = (
        share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4 for share in shares
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _both(colour: str) -> Colour:
    return Colour(legible(colour, LIGHT), legible(colour, DARK))


ARM_COLOURS = {name: _both(arm.colour) for name, arm in ALL_ARMS.items()}
"""By the name of the arm."""

STATES = {
    "clean": _both("#3b6fb6"),
    "noisy": ARM_COLOURS["noise_trained"],
    "denoised": ARM_COLOURS["denoised_clean_trained"],
    "joint": ARM_COLOURS["joint"],
}
"""By the state of an image: clean, noisy, denoised by the autoencoder, or by the joint network."""

CURVES = {"training": _both("#3d4fb3"), "validation": _both("#c23a5c")}
"""By the split that a curve of a training is measured on."""

CONFIDENCES = {"as trained": _both("#8b8478"), "calibrated": _both("#1a6684")}
"""By whether a classifier's confidence was calibrated."""

SERIES = tuple(
    _both(colour) for colour in ("#1a6684", "#b3417a", "#6f7d1c", "#6a4fc4", "#a0522d", "#767676")
)
"""Of what has no colour of its own, such as the revisions of a diff; they repeat after the last."""

CARD, INK = Colour("#ffffff", DARK), Colour("#333333", "#e9e7e2")
"""The background of plots, and their text."""
LINE = Colour("#999999", "#7c828c")
"""Of lines of reference."""
CELL = Colour("#1d4f91", "#8fc3f0")
"""Of a cell that holds everything; others are mixed with the background."""
