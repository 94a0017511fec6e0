"""Test images at every noise level, as pictures with each arm's prediction."""

import base64
from collections.abc import Mapping
from typing import NamedTuple

import keras
import numpy as np
import pyvips
from scipy.special import softmax

from denoising.config.noise import Noise
from denoising.evaluation.arms import ARMS
from denoising.evaluation.scores import psnr
from denoising.evaluation.verdicts import judge
from denoising.noise.apply import noisy_images
from denoising.plots.figures import examples
from denoising.report.numbers import confidence_text
from denoising.report.states import STATES

MOST = 12
# Of all pictures of the panel together, uncompressed: noise hardly compresses.
BYTES = 1_500_000
IDENTICAL = 99.0  # dB; identical images have 100


class Verdict(NamedTuple):
    """An arm's prediction for an image.

    Attributes
    ----------
    label : name of the predicted class.
    confidence : calibrated, 0 to 1.
    right : whether the prediction is correct.
    """

    label: str
    confidence: float
    right: bool

    @property
    def text(self) -> str:
        """The confidence as text."""
        return confidence_text(self.confidence)


class View(NamedTuple):
    """An image at one noise level.

    Attributes
    ----------
    pictures : data URLs, by the keys of `STATES`.
    psnr : in dB, by the keys of `STATES`; None for an image identical to the clean one.
    verdicts : by arm.
    """

    pictures: dict[str, str]
    psnr: dict[str, float | None]
    verdicts: dict[str, Verdict]

    def summary(self) -> str:
        """Return the number of arms that are right, and the predictions of the others."""
        wrong = [
            f"{ARMS[arm].label} predicts {found.label}"
            for arm, found in self.verdicts.items()
            if not found.right
        ]
        number = len(self.verdicts)
        count = f"{number - len(wrong)} of {number} arms are right"
        return f"{'; '.join([count, ', '.join(wrong)])}." if wrong else f"{count}."


class Example(NamedTuple):
    """A test image.

    Attributes
    ----------
    label : name of its class.
    turn : its number among the panel's images of that class, from 1.
    clean : data URL of the clean image.
    views : by noise level.
    """

    label: str
    turn: int
    clean: str
    views: dict[float, View]

    @property
    def name(self) -> str:
        """The class, with a number from its second image on."""
        return self.label if self.turn == 1 else f"{self.label} ({self.turn})"


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
    networks: Mapping[str, keras.Model],
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
                {arm: verdict(some[place], label, names) for arm, some in chances.items()},
            )
    turns = [int((labels[: place + 1] == label).sum()) for place, label in enumerate(labels)]
    return [
        Example(names[label], turn, picture(image), seen)
        for label, turn, image, seen in zip(labels, turns, clean, views, strict=True)
    ]


def verdict(probabilities: np.ndarray, label: int, names: list[str]) -> Verdict:
    """Return an arm's prediction from its class probabilities, (K,), and the true label."""
    predicted = int(probabilities.argmax())
    confidence = round(float(probabilities[predicted]), 4)
    return Verdict(names[predicted], confidence, bool(predicted == label))


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
