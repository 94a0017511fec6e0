"""The shallow convolutional autoencoder of a published Fashion-MNIST project.

Convolutions of 16 and 8 filters down, transposed ones of 8 and 16 up, 3×3 and stride 2, no pooling;
a sigmoid gives the image.
"""

from keras import Input, Model, layers

KIND = "autoencoder"


def build(image_shape) -> Model:
    """Build the denoiser: (N, H, W, C) in [0, 1] to the same; H and W are multiples of 4."""
    noisy = Input(image_shape, name="noisy")
    return Model(noisy, decode(encode(noisy), image_shape[-1]), name="shallow")


def encode(noisy) -> list:
    """Return features at half and quarter resolution."""
    half = _layer(layers.Conv2D, 16, "encoder_16")(noisy)
    return [half, _layer(layers.Conv2D, 8, "encoder_8")(half)]


def decode(scales: list, channels: int):
    """Return the image that the deepest features stand for; this network has no skips."""
    x = _layer(layers.Conv2DTranspose, 8, "decoder_8")(scales[-1])
    x = _layer(layers.Conv2DTranspose, 16, "decoder_16")(x)
    image = layers.Conv2D(channels, 3, padding="same", name="image")(x)
    return layers.Activation("sigmoid", dtype="float32", name="reconstruction")(image)


def _layer(kind, filters: int, name: str) -> layers.Layer:
    return kind(filters, 3, strides=2, padding="same", activation="relu", name=name)
