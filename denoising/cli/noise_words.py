"""The line that `denoise image` prints about the noise of a picture."""

import argparse

from denoising.baselines.toolbox import MEDIAN, NETWORK, Found
from denoising.inference.engine import Network
from denoising.inference.levels import highest_level

ADVICE = "compare strengths with --preview"


def described(planes: list[Found], given: argparse.Namespace, model: Network) -> str:
    """Return the noise found in a picture, or given, and what was uncertain about it.

    Parameters
    ----------
    planes : the noise of its pages or channels that were denoised by themselves.
    """
    parts = []
    impulses = max(plane.impulses for plane in planes)
    levels = [plane.estimate.level for plane in planes]
    if impulses:
        parts.append(f"impulses, {impulses:.1%} of the values, replaced")
    if any(levels):
        times = f" × {given.strength:g}" if given.strength != 1 else ""
        parts.append(f"{_levels(levels)}{times}")
    else:
        other = "other " * bool(impulses)
        parts.append(
            f"no {other}noise found" if given.level is None else f"level 0: no {other}noise removed"
        )
    if given.method != NETWORK:
        used = any(levels) or (impulses and given.method == MEDIAN)
        parts[-1] += f", method {given.method}" if used else ""
    elif max(levels) * given.strength > highest_level(model):
        parts[-1] += f", above the training range of {given.model}"
    if len(planes) > 1:
        parts[0] = f"{len(planes)} planes, {parts[0]}"
    for doubt in dict.fromkeys(plane.estimate.doubt for plane in planes if plane.estimate.doubt):
        parts.append(f"uncertain, because {doubt}: {ADVICE}")
    return "; ".join(parts)


def _levels(levels: list[float]) -> str:
    ends = dict.fromkeys((min(levels), max(levels)))
    shown = (dict.fromkeys(f"{end * scale:.{digits}f}" for end in ends) for scale, digits in UNITS)
    return "noise {}, {} of 255".format(*(" to ".join(each) for each in shown))


UNITS = ((1, 3), (255, 0))
"""Scales of a level, and the decimals shown."""
