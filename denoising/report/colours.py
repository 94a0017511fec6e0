"""The colours of the charts as variables of the page's style, one value for each mode."""

from typing import Literal

from denoising.plots.colours import ARM_COLOURS, CURVES, STATES


def css_variables(mode: Literal["light", "dark"]) -> str:
    """Return a CSS declaration of each colour: ``--arm-NAME``, ``--state-NAME``, ``--NAME``."""
    colours = {f"arm-{name}": colour for name, colour in ARM_COLOURS.items()}
    colours |= {f"state-{name}": colour for name, colour in STATES.items()} | CURVES
    return " ".join(f"--{name}: {getattr(colour, mode)};" for name, colour in colours.items())
