"""The shallow convolutional autoencoder of a published Fashion-MNIST project.

Strided 3×3 convolutions of 16 and 8 filters down, transposed ones of 8 and 16 up, no pooling, and a
final sigmoid.
"""

from keras import KerasTensor, Model, layers

from denoising.networks.tensors import ImageShape, named_input

KIND = "autoencoder"


def build(image_shape: ImageShape) -> Model:
    """Build the denoiser, for images (N, H, W, C) in [0, 1]; H and W are multiples of 4."""
    noisy = named_input(image_shape, "noisy")
    return Model(noisy, decode(encode(noisy), image_shape[-1]), name="shallow")


def encode(noisy: KerasTensor) -> list[KerasTensor]:
    """Return features at half and quarter resolution."""
    half = _layer(layers.Conv2D, 16, "encoder_16")(noisy)
    return [half, _layer(layers.Conv2D, 8, "encoder_8")(half)]


def decode(scales: list[KerasTensor], channels: int) -> KerasTensor:
    """Return the denoised image, from the deepest features alone: there are no skips."""
    x = _layer(layers.Conv2DTranspose, 8, "decoder_8")(scales[-1])
    x = _layer(layers.Conv2DTranspose, 16, "decoder_16")(x)
    image = layers.Conv2D(channels, 3, padding="same", name="image")(x)
    return layers.Activation("sigmoid", dtype="float32", name="reconstruction")(image)


def _layer(
    kind: type[layers.Conv2D | layers.Conv2DTranspose], filters: int, name: str
) -> layers.Layer:
    return kind(filters, 3, strides=2, padding="same", activation="relu", name=name)
