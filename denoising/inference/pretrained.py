"""Trained models from their files: what they are for, and whether they can be used for it."""

import zipfile
from pathlib import Path

from pydantic import ValidationError

from denoising.config.card import Card
from denoising.files.errors import UserError, first_line
from denoising.files.models import image_shape, read_card, read_model

# The model that comes with this package; the recipe `photos` trains it.
PHOTOS = Path(__file__).parent / "photos.keras"


def open_model(path: Path):
    """Open a ``.keras`` file, as `read_model` does, wherever the user keeps it."""
    if not path.is_file():
        raise UserError(
            f"Expected a .keras file at {path}. Received: no such file. `dvc repro` writes those "
            "in models/."
        )
    return read_model(path)


def open_card(path: Path) -> Card | None:
    """Return what a model says of itself, if it does; raise `UserError` where that is no card."""
    try:
        card = read_card(path)
        return card and Card.model_validate(card)
    except (ValidationError, ValueError, zipfile.BadZipFile) as error:
        raise UserError(
            f"Expected a card of a model in {path}. Received: {first_line(error)}"
        ) from None


def open_denoiser(path: Path):
    """Open a model that gives an image for an image; raise `UserError` where it is none."""
    model = open_model(path)
    restored = outputs(model).get("reconstruction")
    if restored is None or restored.shape[-1] != image_shape(model)[-1]:
        raise UserError(f"Expected a denoiser, which gives an image. Received: {path}")
    return model


def open_classifier(path: Path) -> tuple:
    """Open a model that tells classes apart, and its card, which names them."""
    model, card = open_model(path), open_card(path)
    logits = outputs(model).get("classification")
    if logits is None:
        raise UserError(f"Expected a classifier, which gives classes. Received: {path}")
    if not card or not card.classes or len(card.classes) != logits.shape[-1]:
        raise UserError(
            f"Expected in {path} the names of its {logits.shape[-1]} classes, as models have that "
            f"this pipeline writes. Received: {card.classes if card else 'no card'}"
        )
    return model, card


def outputs(model) -> dict:
    """Return the outputs of a model as ``reconstruction``, images, and ``classification``."""
    if isinstance(model.output, dict):
        return model.output
    name = {4: "reconstruction", 2: "classification"}.get(len(model.output.shape))
    return {name: model.output}
