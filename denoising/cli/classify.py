"""The command `denoise classify`: the work, once names have been checked."""

import argparse
from pathlib import Path

import numpy as np

from denoising.cli.workers import Checkpoint, Work
from denoising.files.pictures import read_picture
from denoising.files.scaling import resized
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
    height, width, channels = card.size

    def classify_one(number: int, checkpoint: Checkpoint) -> str:
        checkpoint()
        image = resized(read_picture(sources[number]), height, width, channels)
        chances = probabilities(model, image[None])[0]
        likeliest = np.argsort(-chances, kind="stable")[: given.most]
        shown = ", ".join(f"{classes[one]} {100 * chances[one]:.0f}%" for one in likeliest)
        return f"{sources[number]}: {shown}"

    return classify_one
