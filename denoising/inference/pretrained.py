"""Open trained models for the command and the Python API, and check that they fit the task."""

import zipfile
from pathlib import Path

from denoising.config.card import Card
from denoising.files.errors import UserError, first_line
from denoising.inference.engine import Network, from_bytes, open_network
from denoising.inference.shipped import PHOTOS, check_model

__all__ = ["KERAS", "PHOTOS", "open_classifier", "open_denoiser", "open_model"]

KERAS = ".keras"


def open_model(path: Path, threads: int = 0) -> Network:
    """Open a user's ``.onnx`` file, or a ``.keras`` file, which takes Keras and some seconds.

    Parameters
    ----------
    threads : of the computation; 0 for one per core.

    Raises
    ------
    UserError
        There is no such file, or it is refused by `open_network` or by `read_model`.
    """
    check_model(path)
    return _from_keras(path, threads) if path.suffix == KERAS else open_network(path, threads)


def _from_keras(path: Path, threads: int) -> Network:
    """Open a ``.keras`` file; only here is Keras imported."""
    from denoising.files.keras_import import import_keras

    try:
        import_keras()
        from denoising.files.models import read_card, read_model
        from denoising.training.export import to_onnx
    except ModuleNotFoundError as error:
        raise UserError(
            f"A .keras file needs the package {error.name}, which is not installed. Use the .onnx "
            f"file beside {path}, which does not."
        ) from None
    model = read_model(path)
    try:
        card = read_card(path)
    except (ValueError, zipfile.BadZipFile) as error:
        raise UserError(
            f"The model card in {path} is not valid: {first_line(error)}. "
            "Use a model that `dvc repro` wrote."
        ) from None
    return from_bytes(to_onnx(model, card), path, threads)


def open_denoiser(path: Path, threads: int = 0) -> Network:
    """Open a model that returns an image with the channels of its input; see `open_model`.

    Raises
    ------
    UserError
        The file cannot be opened, or the model is not a denoiser.
    """
    model = open_model(path, threads)
    restored = model.outputs.get("reconstruction")
    if restored is None or restored != model.image_shape or restored[-1] not in (1, 3):
        raise UserError(
            f"{path} is not a denoiser of grey or colour images: it takes {model.image_shape} and "
            f"returns {restored}. "
            "Use one, for example models/autoencoder.onnx."
        )
    return model


def open_classifier(path: Path) -> tuple[Network, Card, list[str]]:
    """Open a classifier or a joint network; return it with its card and class names.

    Raises
    ------
    UserError
        The file cannot be opened, the model is not a classifier, or its card does not name its
        classes.
    """
    model = open_model(path)
    logits, card = model.outputs.get("classification"), model.card
    if logits is None:
        raise UserError(
            f"{path} is not a classifier: it does not return classes. "
            "Use one, for example models/joint.onnx."
        )
    if not card or not card.classes or len(card.classes) != logits[-1]:
        raise UserError(
            f"{path} does not name its {logits[-1]} classes: found "
            f"{card.classes if card else 'no model card'}. Use a model that `dvc repro` wrote."
        )
    return model, card, card.classes
