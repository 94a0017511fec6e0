"""The command `denoise classify`: the work, once names have been checked."""

import argparse
from pathlib import Path

import numpy as np

from denoising.cli.workers import Checkpoint, Work
from denoising.files.pictures import read_picture
from denoising.files.scaling import resized
from denoising.inference.predict import predict, restore_and_classify
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
        if "reconstruction" in model.outputs:  # a joint network, whose stride may need padding
            logits = restore_and_classify(model, image[None])[1]
        else:
            logits = predict(model, image[None])
        probabilities = _softmax(logits[0].astype(np.float64))
        likeliest = np.argsort(-probabilities, kind="stable")[: given.most]
        shown = ", ".join(f"{classes[one]} {100 * probabilities[one]:.0f}%" for one in likeliest)
        return f"{sources[number]}: {shown}"

    return classify_one


def _softmax(logits: np.ndarray) -> np.ndarray:
    """Return probabilities; SciPy's function takes longer to import than everything else here."""
    powers = np.exp(logits - logits.max())
    return powers / powers.sum()
