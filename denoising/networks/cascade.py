"""A network that denoises and then classifies: an autoencoder and a classifier in a row.

Both are trained end to end, so that the autoencoder learns to keep what the classifier needs.
"""

import warnings
from typing import Any

import keras
from keras import Model

from denoising.networks.tensors import named_input

PREFIX = "classifier_"
"""Of the names of the classifier's layers; those of the autoencoder keep theirs."""


def build(autoencoder: Model, classifier: Model, growth: tuple[int, int] = (0, 0)) -> Model:
    """Build the network from the networks of its two steps, with new weights.

    Parameters
    ----------
    autoencoder, classifier : both with a level input or neither.
    growth : rows and columns of zeros that the autoencoder's images need at the lower and right
        edges, where the classifier takes images of one size.

    Returns
    -------
    a model with two outputs: ``classification``, logits (N, classes), and ``reconstruction``, the
    denoised images (N, H, W, C). It has the inputs of the autoencoder, or of the classifier where
    images are padded.
    """
    inputs: Any = autoencoder.input
    denoised: Any = autoencoder.outputs[0]
    if any(growth):
        edges = ((0, growth[0]), (0, growth[1]))
        inputs = named_input(classifier.inputs[0].shape[1:], autoencoder.inputs[0].name)
        padded = keras.layers.ZeroPadding2D(edges, name="pad")(inputs)
        restored = _applied(autoencoder, padded)
        denoised = keras.layers.Cropping2D(edges, name="crop")(restored)
    seen = {"noisy": denoised, "level": inputs["level"]} if isinstance(inputs, dict) else denoised
    outputs = {
        "classification": _applied(classifier, seen, PREFIX),
        "reconstruction": denoised,
    }
    return Model(inputs, outputs, name="cascade")


def _applied(model: Model, inputs: Any, prefix: str = "") -> Any:
    """Return the output of a copy of a model's layers, renamed, applied to symbolic tensors.

    A model that is called becomes a single layer, which ONNX cannot express.
    """
    found = []

    def rename(layer: keras.Layer) -> keras.Layer:
        settings = layer.get_config()
        return type(layer).from_config(settings | {"name": f"{prefix}{layer.name}"})

    def call(layer: keras.Layer, *arguments: Any, **options: Any) -> Any:
        found.append(layer(*arguments, **options))
        return found[-1]

    with warnings.catch_warnings():  # about the names of inputs, of a model that is not kept
        warnings.simplefilter("ignore")
        keras.models.clone_model(model, inputs, clone_function=rename, call_function=call)
    return found[-1]
