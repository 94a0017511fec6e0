"""A network that denoises and then classifies: an autoencoder and a classifier in a row.

Both are trained end to end, so that the autoencoder learns to keep what the classifier needs.
"""

import warnings
from typing import Any

import keras
from keras import Model

PREFIX = "classifier_"
"""Of the names of the classifier's layers; those of the autoencoder keep theirs."""


def build(autoencoder: Model, classifier: Model) -> Model:
    """Build the network from the networks of its two steps, with new weights.

    Parameters
    ----------
    autoencoder, classifier : both with a level input or neither. A classifier for smaller images
        sees the upper left of the denoised ones: those are padded at the other edges.

    Returns
    -------
    a model with two outputs: ``classification``, logits (N, classes), and ``reconstruction``, the
    denoised images (N, H, W, C). It has the inputs of the autoencoder.
    """
    inputs: Any = autoencoder.input
    denoised: Any = autoencoder.outputs[0]
    image = _cropped(denoised, classifier)
    seen = {"noisy": image, "level": inputs["level"]} if isinstance(inputs, dict) else image
    outputs = {"classification": _applied(classifier, seen), "reconstruction": denoised}
    return Model(inputs, outputs, name="cascade")


def _cropped(images: Any, classifier: Model) -> Any:
    """Return images, (N, H, W, C), in the size that the classifier takes, if it takes one only."""
    seen: Any = classifier.input
    wanted = (seen["noisy"] if isinstance(seen, dict) else seen).shape[1:3]
    given = images.shape[1:3]
    if None in wanted or given == wanted:
        return images
    rows, columns = (own - other for own, other in zip(given, wanted, strict=True))
    return keras.layers.Cropping2D(((0, rows), (0, columns)), name="crop")(images)


def _applied(model: Model, inputs: Any) -> Any:
    """Return the output of a copy of a model's layers, renamed, applied to symbolic tensors.

    A model that is called becomes a single layer, which ONNX cannot express.
    """
    found = []

    def rename(layer: keras.Layer) -> keras.Layer:
        settings = layer.get_config()
        return type(layer).from_config(settings | {"name": f"{PREFIX}{layer.name}"})

    def call(layer: keras.Layer, *arguments: Any, **options: Any) -> Any:
        found.append(layer(*arguments, **options))
        return found[-1]

    with warnings.catch_warnings():  # about the names of inputs, of a model that is not kept
        warnings.simplefilter("ignore")
        keras.models.clone_model(model, inputs, clone_function=rename, call_function=call)
    return found[-1]
