"""Models written by earlier stages, checked against the images."""

from collections.abc import Sequence
from pathlib import Path

from denoising.files.errors import UserError
from denoising.inference.engine import Network, open_network
from stages._images import Images, NoisyImages
from stages._paths import MODELS


def read_network(
    name: str, images: Images | NoisyImages, threads: int, folder: Path = MODELS
) -> Network:
    """Open a model that an earlier stage wrote into a folder.

    Its name implies its outputs: logits (``classifier_…``), images (``autoencoder``), or both
    (``joint``).

    Raises
    ------
    UserError
        The model's shapes do not match the images and classes.
    """
    path, shape = folder / f"{name}.onnx", images.clean.shape[1:]
    model = open_network(path, threads)
    expected = {"classification": (images.classes,), "reconstruction": shape}
    if name != "joint":
        kind = "classification" if name.startswith("classifier") else "reconstruction"
        expected = {kind: expected[kind]}
    found = model.outputs | {"input": model.image_shape}
    expected["input"] = shape
    if found.keys() != expected.keys() or not all(
        _fits(found[key], expected[key]) for key in expected
    ):
        raise UserError(
            f"The network in {path} does not fit the images: found the shapes {found}, None for "
            f"any, expected {expected}. It was trained on other data; run `dvc repro`."
        )
    return model


def _fits(shape: Sequence[int | None], expected: Sequence[int]) -> bool:
    return len(shape) == len(expected) and all(
        found in (None, wanted) for found, wanted in zip(shape, expected, strict=True)
    )
