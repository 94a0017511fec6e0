"""A network that classifies and denoises: one encoder with two branches.

Encoder and decoder are those of an autoencoder; the classification head works on the deepest
features of the encoder.
"""

from types import ModuleType
from typing import Any

from keras import Model, layers

from denoising.networks.blocks import convolution, residual
from denoising.networks.tensors import ImageShape, named_input


def build(
    image_shape: ImageShape,
    classes: int,
    autoencoder: ModuleType,
    options: dict[str, Any],
    filters: int = 96,
    *,
    level_input: bool = False,
) -> Model:
    """Build the network, for images (N, H, W, C) in [0, 1].

    Parameters
    ----------
    autoencoder : a network with ``encode`` and ``decode``.
    options : the options of both functions.
    filters : channels of the classification head.
    level_input : add a second input, ``level``, (N, 1), which ``encode`` takes.

    Returns
    -------
    a model with two outputs: ``classification``, logits (N, classes), and ``reconstruction``, the
    denoised images (N, H, W, C).
    """
    noisy = named_input(image_shape, "noisy")
    level = {"level": named_input((1,), "level")} if level_input else {}
    scales = autoencoder.encode(noisy, **options, **level)
    x = convolution(scales[-1], filters, "head_in")
    x = residual(x, "head")
    x = layers.GlobalAveragePooling2D(name="head_pool")(x)
    x = layers.Dropout(0.2, name="head_dropout")(x)
    outputs = {
        "classification": layers.Dense(classes, dtype="float32", name="classification")(x),
        "reconstruction": autoencoder.decode(scales, image_shape[-1], **options),
    }
    return Model({"noisy": noisy, **level} if level_input else noisy, outputs, name="joint")
