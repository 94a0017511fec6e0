"""Some test images at every level: as pictures, and with what each arm says of them."""

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

MOST = 12
# Of all pictures of the panel together, as bytes without compression: noise hardly compresses.
BYTES = 1_500_000
STATES = ("noisy", "denoised", "joint")
SAME = 99.0  # dB; equal images have 100


class Verdict(NamedTuple):
    """What an arm takes an image for, with which confidence, 0 to 1, and whether it is right."""

    says: str
    confidence: float
    right: bool

    @property
    def text(self) -> str:
        """The confidence in words."""
        return confidence_text(self.confidence)


class View(NamedTuple):
    """An image at one level: pictures and PSNR (dB, None if equal) by state, verdicts by arm."""

    pictures: dict[str, str]
    psnr: dict[str, float | None]
    verdicts: dict[str, Verdict]

    def summary(self) -> str:
        """Say how many arms are right, and what the others say."""
        wrong = [
            f"{ARMS[arm].label} says {found.says}"
            for arm, found in self.verdicts.items()
            if not found.right
        ]
        number = len(self.verdicts)
        count = f"{number - len(wrong)} of {number} arms are right"
        return f"{'; '.join([count, ', '.join(wrong)])}." if wrong else f"{count}."


class Example(NamedTuple):
    """A test image: its class, which one of the class it is, the picture, views by level."""

    label: str
    turn: int
    clean: str
    views: dict[float, View]

    @property
    def name(self) -> str:
        """The class, with a number from the second image of it on."""
        return self.label if self.turn == 1 else f"{self.label} ({self.turn})"


def choose(labels: np.ndarray, image_shape: tuple[int, int, int], levels: int) -> np.ndarray:
    """Return the indices of the images that are shown: the first of each class in turn.

    12 of them, or fewer where pictures are large: the page is to stay small.
    """
    fitting = BYTES // (levels * len(STATES) * int(np.prod(image_shape)))
    return examples(labels, int(np.clip(fitting, 1, MOST)))


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


def look(
    networks: Mapping[str, keras.Model],
    shown: Shown,
    levels: list[float],
    noise: Noise,
    seed: int,
    temperatures: dict[str, float],
) -> list[Example]:
    """Return images at every level, with each arm's verdict.

    Parameters
    ----------
    networks : by the keys of `denoising.evaluation.arms.NETWORKS`.
    noise : its kind and clipping; the level is that of `levels`.
    temperatures : of each arm, by which its logits are divided.
    """
    clean, labels, indices, names = shown
    views: list[dict[float, View]] = [{} for _ in labels]
    for level in levels:
        noisy = noisy_images(clean, noise.at(level), seed, "test", indices=indices)
        found = judge(networks, noisy, level)
        states = dict(
            zip(
                STATES,
                (noisy, found["denoised_trained"].images, found["joint"].images),
                strict=True,
            )
        )
        near = {state: psnr(clean, np.clip(images, 0, 1)) for state, images in states.items()}
        chances = {
            arm: softmax(verdict.logits.astype(np.float64) / temperatures[arm], axis=1)
            for arm, verdict in found.items()
        }
        for place, label in enumerate(labels):
            views[place][level] = View(
                {state: picture(images[place]) for state, images in states.items()},
                {state: _decibels(values[place]) for state, values in near.items()},
                {arm: verdict(one[place], label, names) for arm, one in chances.items()},
            )
    turns = [int((labels[: place + 1] == label).sum()) for place, label in enumerate(labels)]
    return [
        Example(names[label], turn, picture(image), seen)
        for label, turn, image, seen in zip(labels, turns, clean, views, strict=True)
    ]


def verdict(chances: np.ndarray, label: int, names: list[str]) -> Verdict:
    """Return what an arm says of one image, from the chance that it gives each class."""
    said = int(chances.argmax())
    return Verdict(names[said], round(float(chances[said]), 4), bool(said == label))


def _decibels(value: float) -> float | None:
    return round(float(value), 1) if value < SAME else None


def picture(image: np.ndarray) -> str:
    """Return an image in [0, 1], (H, W, C), as the address of a PNG that it holds itself."""
    pixels = np.rint(np.clip(image, 0, 1) * 255).astype(np.uint8)
    modes = {1: "b-w", 3: "srgb"}
    made = pyvips.Image.new_from_array(
        np.ascontiguousarray(pixels), interpretation=modes[pixels.shape[-1]]
    )
    content = made.write_to_buffer(".png", compression=9, keep="none")
    return f"data:image/png;base64,{base64.b64encode(content).decode()}"
