"""Choose test images for the panel, and run every arm on them at every noise level."""

import base64
from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
import pyvips
from scipy.special import softmax

from denoising.config.noise import Noise
from denoising.evaluation.scores import psnr
from denoising.evaluation.verdicts import judge
from denoising.inference.engine import Network
from denoising.noise.apply import noisy_images
from denoising.plots.arm_charts import IDENTICAL
from denoising.plots.figures import examples
from denoising.report.panel import Example, Prediction, View
from denoising.report.states import STATES

MOST = 12
# Of all pictures of the panel together, uncompressed: noise hardly compresses.
BYTES = 1_500_000


class Shown(NamedTuple):
    """The test images of the panel.

    Attributes
    ----------
    clean : ``float32`` in [0, 1], (N, H, W, C).
    labels : (N,).
    indices : (N,), their positions in the test set, which determine their noise.
    names : of the classes.
    """

    clean: np.ndarray
    labels: np.ndarray
    indices: np.ndarray
    names: list[str]


def choose(labels: np.ndarray, image_shape: tuple[int, ...], levels: int) -> np.ndarray:
    """Return the indices of the panel's images: the first of each class, then the second.

    They are 12, or fewer if the images are large, to keep the page small.

    Parameters
    ----------
    labels : of all test images, (N,).
    image_shape : (H, W, C).
    levels : number of noise levels.
    """
    fitting = BYTES // (levels * len(STATES) * int(np.prod(image_shape)))
    return examples(labels, int(np.clip(fitting, 1, MOST)))


def look(
    networks: Mapping[str, Network],
    shown: Shown,
    levels: list[float],
    noise: Noise,
    seed: int,
    temperatures: dict[str, float],
) -> list[Example]:
    """Return images with views at every level.

    Parameters
    ----------
    networks : by the keys of `denoising.evaluation.arms.NETWORKS`.
    noise : kind and clipping; its level is replaced by each of `levels`.
    temperatures : divisor of the logits of each arm.
    """
    clean, labels, indices, names = shown
    views: list[dict[float, View]] = [{} for _ in labels]
    for level in levels:
        noisy = noisy_images(clean, noise.at(level), seed, "test", indices=indices)
        found = judge(networks, noisy, level)
        images = {state: found[arm].images for state, (_, arm) in STATES.items()}
        near = {state: psnr(clean, np.clip(some, 0, 1)) for state, some in images.items()}
        chances = {
            arm: softmax(verdict.logits.astype(np.float64) / temperatures[arm], axis=1)
            for arm, verdict in found.items()
        }
        for place, label in enumerate(labels):
            views[place][level] = View(
                {state: picture(some[place]) for state, some in images.items()},
                {state: _decibels(values[place]) for state, values in near.items()},
                {arm: prediction(some[place], label, names) for arm, some in chances.items()},
            )
    turns = [int((labels[: place + 1] == label).sum()) for place, label in enumerate(labels)]
    return [
        Example(names[label], turn, picture(image), seen)
        for label, turn, image, seen in zip(labels, turns, clean, views, strict=True)
    ]


def prediction(probabilities: np.ndarray, label: int, names: list[str]) -> Prediction:
    """Return an arm's prediction from its class probabilities, (K,), and the true label."""
    predicted = int(probabilities.argmax())
    confidence = round(float(probabilities[predicted]), 4)
    return Prediction(names[predicted], confidence, bool(predicted == label))


def _decibels(value: float) -> float | None:
    return round(float(value), 1) if value < IDENTICAL else None


def picture(image: np.ndarray) -> str:
    """Encode an image in [0, 1], (H, W, C) with C of 1 or 3, as the data URL of a PNG."""
    pixels = np.rint(np.clip(image, 0, 1) * 255).astype(np.uint8)
    modes = {1: "b-w", 3: "srgb"}
    made = pyvips.Image.new_from_array(
        np.ascontiguousarray(pixels), interpretation=modes[pixels.shape[-1]]
    )
    content = made.write_to_buffer(".png", compression=9, keep="none")
    return f"data:image/png;base64,{base64.b64encode(content).decode()}"
