"""Open trained models for the command, and check that they fit the task."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from denoising.config.card import Card
from denoising.files.errors import UserError, first_line
from denoising.files.models import image_shape, read_card, read_model

if TYPE_CHECKING:
    import keras

# The model shipped with this package; the study `photographs` trains it.
PHOTOS = Path(__file__).parent / "photos.keras"


def open_model(path: Path) -> keras.Model:
    """Open a user's ``.keras`` file, as `read_model` does.

    Raises
    ------
    UserError
        There is no such file, or it is refused by `read_model`.
    """
    if not path.is_file():
        raise UserError(f"There is no .keras file at {path}. `dvc repro` writes models to models/.")
    return read_model(path)


def open_card(path: Path) -> Card | None:
    """Return the card in a model's file, None if it has none.

    Raises
    ------
    UserError
        The card is not valid.
    """
    try:
        card = read_card(path)
        return Card.model_validate(card) if card else None
    except (ValidationError, ValueError, zipfile.BadZipFile) as error:
        raise UserError(
            f"The model card in {path} is not valid: {first_line(error)}. "
            "Use a model that `dvc repro` wrote."
        ) from None


def open_denoiser(path: Path) -> keras.Model:
    """Open a model that returns an image with the channels of its input.

    Raises
    ------
    UserError
        The file cannot be opened, or the model is not a denoiser.
    """
    model = open_model(path)
    restored = outputs(model).get("reconstruction")
    if restored is None or restored.shape[-1] != image_shape(model)[-1]:
        raise UserError(
            f"{path} is not a denoiser: it does not return an image like its input. "
            "Use one, for example models/autoencoder.keras."
        )
    return model


def open_classifier(path: Path) -> tuple[keras.Model, Card, list[str]]:
    """Open a classifier or a joint network; return it with its card and class names.

    Raises
    ------
    UserError
        The file cannot be opened, the model is not a classifier, or its card does not name its
        classes.
    """
    model, card = open_model(path), open_card(path)
    logits = outputs(model).get("classification")
    if logits is None:
        raise UserError(
            f"{path} is not a classifier: it does not return classes. "
            "Use one, for example models/joint.keras."
        )
    if not card or not card.classes or len(card.classes) != logits.shape[-1]:
        raise UserError(
            f"{path} does not name its {logits.shape[-1]} classes: found "
            f"{card.classes if card else 'no model card'}. Use a model that `dvc repro` wrote."
        )
    return model, card, card.classes


def outputs(model: keras.Model) -> dict[str, Any]:
    """Return a model's outputs as ``reconstruction`` (images) and ``classification`` (logits)."""
    output: Any = model.output
    if isinstance(output, dict):
        return output
    dimensions = len(output.shape) if hasattr(output, "shape") else 0
    name = {4: "reconstruction", 2: "classification"}.get(dimensions)
    return {name: output} if name else {}
