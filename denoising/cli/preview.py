"""The sheet of `denoise image --preview`: the middle of a picture at several strengths."""

import argparse
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from denoising.baselines.toolbox import Found, denoise_picture
from denoising.files.atomic import replacing
from denoising.files.errors import UserError
from denoising.images import white_value
from denoising.inference.engine import Network

SIDE = 400  # pixels of the picture, at most, shown at full scale
CONTEXT = 64  # pixels around them that the network sees
GAP = 12
LABEL = 28  # pixels, the height of a label
NARROWEST = 150  # pixels, which leaves room for a label
FACTORS = (0.5, 1.0, 2.0)


def write_preview(
    target: Path, given: argparse.Namespace, model: Network, pixels: np.ndarray, noise: Found
) -> None:
    """Write the middle of a picture, as it is and at three strengths, side by side, as a PNG.

    Raises
    ------
    UserError
        There is no noise whose strength could be shown.
    """
    if not noise.some:
        raise UserError("There is no noise to preview. Give a level with --sigma, for example 10.")
    outer, inner = _middle(pixels.shape)
    seen, part = pixels[outer], noise._replace(repaired=noise.repaired[outer])
    panels = {"as it is": seen[inner]}
    for factor in FACTORS:
        strength = given.strength * factor
        restored = denoise_picture(model, seen, part, strength, given.method)
        panels[f"--strength {strength:g}"] = restored[inner]
    with replacing(target) as partial:
        sheet(panels).save(partial, "PNG")


def sheet(panels: dict[str, np.ndarray]) -> Image.Image:
    """Return pictures of one size and of any type, (H, W, C), side by side under their labels."""
    height, width = next(iter(panels.values())).shape[:2]
    step = max(width, NARROWEST) + GAP
    whole = Image.new("RGB", (GAP + step * len(panels), height + LABEL + GAP), "white")
    draw, font = ImageDraw.Draw(whole), ImageFont.load_default(LABEL * 0.6)
    for number, (label, pixels) in enumerate(panels.items()):
        left = GAP + number * step
        draw.text((left, LABEL / 2), label, fill="black", font=font, anchor="lm")
        scaled = np.rint(pixels * (255 / white_value(pixels.dtype)))
        eight_bits = np.clip(scaled, 0, 255).astype(np.uint8)
        whole.paste(Image.fromarray(np.broadcast_to(eight_bits, (height, width, 3))), (left, LABEL))
    return whole


def _middle(shape: tuple[int, ...]) -> tuple[tuple[slice, slice], tuple[slice, slice]]:
    """Return the middle of a picture with the pixels around it, and the middle within these."""
    outer, inner = [], []
    for size in shape[:2]:
        start = max(0, (size - SIDE) // 2)
        stop = min(size, start + SIDE)
        first = max(0, start - CONTEXT)
        outer.append(slice(first, min(size, stop + CONTEXT)))
        inner.append(slice(start - first, stop - first))
    return (outer[0], outer[1]), (inner[0], inner[1])
