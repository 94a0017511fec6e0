"""The targets of networks that learn from the clean-trained classifier, too."""

import numpy as np

from denoising.config.params import Params
from denoising.inference.predict import predict
from denoising.training.distillation import distilled
from stages._images import read_clean
from stages._models import read_network


def read_targets(params: Params) -> np.ndarray | None:
    """Return what the classes of training images are learned from, ``float32``, (N, classes).

    The clean-trained classifier sees the clean images as they are stored. None for the labels.
    """
    if not params.training.distillation:
        return None
    images = read_clean("train", params.dataset)
    logits = predict(read_network("classifier_clean", images, params.threads), images.clean)
    return distilled(logits, images.labels, params.training.distillation)
