"""Fixtures of the tests of networks, which import Keras and TensorFlow."""

from pathlib import Path

import keras
import numpy as np
import pytest
from skimage.io import imsave

from denoising.config.card import Card
from denoising.files.models import write_model
from denoising.networks import photo_unet, resnet
from denoising.training.export import write_onnx

SMALL = {"width": 8, "quarter_width": 8, "blocks": 1}
CARD = Card(
    dataset="squares",
    images=9,
    size=[28, 28, 1],
    seed=0,
    level_known=0.3,
    noise="gaussian",
    levels=[0, 0.2],
    clip=True,
)


@pytest.fixture(autouse=True, scope="session")
def compute_as_stages_do(deterministic: None) -> None:
    """Make every test of this folder deterministic."""


def write(path: Path, model: keras.Model, card: Card | None = CARD) -> Path:
    """Write a model with its card, as ``.onnx`` or as ``.keras``; return the path."""
    write_file = write_model if path.suffix == ".keras" else write_onnx
    write_file(path, model, card and card.model_dump())
    return path


@pytest.fixture(scope="session")
def models(compute_as_stages_do, tmp_path_factory) -> dict[str, Path]:
    """Return untrained denoisers, which return their input, and classifiers."""
    folder = tmp_path_factory.mktemp("models")
    found = {}
    for name, known in (("grey", 0.3), ("colour", 0), ("always", 1)):
        channels = 3 if name == "colour" else 1
        model = photo_unet.build((None, None, channels), **SMALL, level_input=known > 0)
        card = CARD.model_copy(update={"level_known": known})
        found[name] = write(folder / f"{name}.onnx", model, card)
    named = CARD.model_copy(update={"classes": ["cat", "dog", "eel"]})
    keras.utils.set_random_seed(0)
    classifier = resnet.build((28, 28, 1), 3, width=8)
    found["classifier"] = write(folder / "classifier.onnx", classifier, named)
    found["nameless"] = write(folder / "nameless.onnx", classifier, None)
    return found


@pytest.fixture
def picture(tmp_path) -> Path:
    """Return a colour picture of 8 bits."""
    pixels = np.random.default_rng(0).integers(0, 256, (40, 50, 3)).astype(np.uint8)
    imsave(tmp_path / "in.png", pixels, check_contrast=False)
    return tmp_path / "in.png"
