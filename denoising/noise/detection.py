"""Find the noise of a picture: whether there is any, and the level at which to remove it.

Two regressions on the features of `denoising.noise.features`, each with one layer of hidden units,
are kept in ``detection.json``, which `python -m tools.fit_detection` writes. They are fitted on
photographs with white, JPEG-compressed, demosaiced, blurred and signal-dependent noise, on real
camera noise, and on the same photographs and drawings without noise. The level is the one at which
the denoiser for photographs reaches the best PSNR: for white noise its standard deviation.
"""

import json
from functools import cache
from pathlib import Path
from typing import NamedTuple

import numpy as np

from denoising.noise.features import FLOOR, blocks_of_luma, features

SHARED = 1.4  # level in the means of 2×2 pixels over that in single pixels
WHITE = 0.7  # the same for single pixels: least level between channels over that of the brightness
# Codecs such as HEIC take away most of the noise between the channels, and leave that of the
# brightness in single pixels as it was, unless it is weak; the level is rather less than that.
CODED, STRONG = 0.9, 10 / 255
UNEVEN = 1.6  # level of the parts with most noise over that of those with least
LIKELY = 0.4  # probability from which a picture counts as noisy
SURE = 0.85
TWO_COLOURED = 0.9  # fraction of black and white values from which a picture is a drawing
FEWEST = 12  # blocks in a part by brightness


class Detection(NamedTuple):
    """The noise of a picture.

    Attributes
    ----------
    probability : that there is noise which is worth removing.
    level : the level at which to remove it, on the scale from 0 to 1.
    white : whether the noise is alike in every pixel and channel, as if it were white.
    shared : whether neighbouring pixels share it.
    uneven : whether dark and light parts differ in it.
    """

    probability: float
    level: float
    white: bool
    shared: bool
    uneven: bool


def detect(image: np.ndarray) -> Detection:
    """Return the noise of an image, (H, W, C), C 1 or 3, floats on the scale from 0 to 1.

    Raises
    ------
    ValueError
        The image is smaller than `denoising.noise.features.SMALLEST` pixels a side.
    """
    found = features(image)
    fitted = _fitted()
    seen = (np.append(found, image.shape[2] == 1) - fitted["mean"]) / fitted["scale"]
    level, odds = (_regression(fitted[name], seen) for name in ("level", "noisy"))
    pixel, between, square = np.exp(found[[1, 5, 8]]) - FLOOR
    white, shared = bool(between >= WHITE * pixel), bool(square > SHARED * pixel)
    level = float(max(np.exp(level) - FLOOR, 0))
    if not white and not shared and pixel > STRONG:
        level = min(level, CODED * float(pixel))
    drawn = ((image <= 0) | (image >= 1)).mean() > TWO_COLOURED
    return Detection(
        probability=0.0 if drawn else float(1 / (1 + np.exp(-np.clip(odds, -50, 50)))),
        level=level,
        white=white,
        shared=shared,
        uneven=_is_uneven(image),
    )


@cache
def _fitted() -> dict:
    content = json.loads(Path(__file__).with_name("detection.json").read_text("utf-8"))
    for name in ("mean", "scale"):
        content[name] = np.array(content[name])
    return content


def _regression(weights: dict, seen: np.ndarray) -> float:
    """Return the output of a layer of hidden units with tanh, and one unit without."""
    hidden = np.tanh(seen @ np.array(weights["hidden"]) + np.array(weights["hidden_bias"]))
    return float(hidden @ np.array(weights["output"]) + weights["output_bias"])


def _is_uneven(image: np.ndarray) -> bool:
    """Return whether the flattest blocks of dark, middle and light parts differ in their noise."""
    means, deviations = blocks_of_luma(image)
    parts = np.digitize(means, np.quantile(means, [1 / 3, 2 / 3]))
    levels = [
        np.percentile(deviations[parts == part], 10)
        for part in range(3)
        if (parts == part).sum() >= FEWEST
    ]
    return len(levels) > 1 and bool(max(levels) > UNEVEN * (min(levels) + FLOOR))
