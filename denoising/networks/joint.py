"""One network that classifies and reconstructs: an encoder with two branches.

The encoder and the decoder are those of an autoencoder; the classification head stands on the
deepest features of the encoder.
"""

from types import ModuleType

from keras import Input, Model, layers

from denoising.networks.blocks import convolution, residual


def build(image_shape, classes: int, autoencoder: ModuleType, options: dict, filters: int = 96):
    """Build the network: (N, H, W, C) in [0, 1] to a dict of two outputs.

    Parameters
    ----------
    autoencoder : a network with ``encode`` and ``decode``, and the `options` that they take.
    filters : channels of the classification head.

    Returns
    -------
    a model with ``classification``, logits (N, classes), and ``reconstruction``, (N, H, W, C).
    """
    noisy = Input(image_shape, name="noisy")
    scales = autoencoder.encode(noisy, **options)
    x = convolution(scales[-1], filters, "head_in")
    x = residual(x, "head")
    x = layers.GlobalAveragePooling2D(name="head_pool")(x)
    x = layers.Dropout(0.2, name="head_dropout")(x)
    outputs = {
        "classification": layers.Dense(classes, dtype="float32", name="classification")(x),
        "reconstruction": autoencoder.decode(scales, image_shape[-1], **options),
    }
    return Model(noisy, outputs, name="joint")
