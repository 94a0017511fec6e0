"""The line that `denoise image` prints about the noise of a picture."""

import argparse

from denoising.baselines.toolbox import NETWORK, Found
from denoising.inference.engine import Network
from denoising.inference.pretrained import highest_level

ADVICE = "compare strengths with --preview"


def described(noise: Found, given: argparse.Namespace, model: Network) -> str:
    """Return the noise found in a picture, or given, and what was uncertain about it."""
    parts = []
    if noise.impulses:
        parts.append(f"impulses, {noise.impulses:.1%} of the values, replaced")
    level, doubt = noise.estimate
    if noise.none and noise.impulses:
        parts.append("no other noise found")
    elif noise.none:
        parts.append("no noise found")
    else:
        times = f" × {given.strength:g}" if given.strength != 1 else ""
        parts.append(f"noise {level:.3f}, {255 * level:.0f} of 255{times}")
    if given.method != NETWORK:
        parts[-1] += f", method {given.method}"
    elif level * given.strength > highest_level(model):
        parts[-1] += f", above the training range of {given.model}"
    if doubt:
        parts.append(f"uncertain, because {doubt}: {ADVICE}")
    return "; ".join(parts)
