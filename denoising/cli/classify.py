"""The command `denoise classify`: the work, once names have been checked."""

import argparse
from pathlib import Path

import numpy as np

from denoising.cli.workers import Checkpoint, Work
from denoising.files.pictures import read_picture
from denoising.files.scaling import upright
from denoising.inference.likeness import describe, seen_by
from denoising.inference.predict import probabilities
from denoising.inference.pretrained import open_classifier


def begin(given: argparse.Namespace, sources: list[Path]) -> Work:
    """Open the model; return the function that classifies a picture.

    Raises
    ------
    UserError
        The model is not a classifier.
    """
    model, card, classes = open_classifier(given.model)

    def classify_one(number: int, checkpoint: Checkpoint) -> str:
        checkpoint()
        picture = read_picture(sources[number])
        seen = seen_by(card, upright(picture), picture.white, given.as_is)
        chances = probabilities(model, seen.image[None])[0]
        likeliest = np.argsort(-chances, kind="stable")[: given.most]
        shown = ", ".join(f"{classes[one]} {100 * chances[one]:.0f}%" for one in likeliest)
        remarks = describe(seen, card.dataset)
        return f"{sources[number]}: {shown}" + (f" ({remarks})" if remarks else "")

    return classify_one
