"""The strided autoencoder of a published Fashion-MNIST project: 14×14×32, 7×7×64, 3×3×128.

Strided 3×3 convolutions down and transposed ones up. The source gives the shapes only: the kernel
size is assumed, and so is the missing padding of the deepest convolution, which turns 7 into 3.
"""

from keras import KerasTensor, Model, layers

from denoising.networks.tensors import ImageShape, named_input

KIND = "autoencoder"


def build(image_shape: ImageShape) -> Model:
    """Build the denoiser, for images (N, H, W, C) in [0, 1]; H and W have the form 8 k + 4."""
    noisy = named_input(image_shape, "noisy")
    return Model(noisy, decode(encode(noisy), image_shape[-1]), name="transposed")


def encode(noisy: KerasTensor) -> list[KerasTensor]:
    """Return features at a half, a quarter and about an eighth of the resolution."""
    half = _layer(layers.Conv2D, 32, "down_32")(noisy)
    quarter = _layer(layers.Conv2D, 64, "down_64")(half)
    return [half, quarter, _layer(layers.Conv2D, 128, "down_128", padding="valid")(quarter)]


def decode(scales: list[KerasTensor], channels: int) -> KerasTensor:
    """Return the denoised image, from the deepest features alone: there are no skips."""
    x = _layer(layers.Conv2DTranspose, 64, "up_64", padding="valid")(scales[-1])
    x = _layer(layers.Conv2DTranspose, 32, "up_32")(x)
    x = _layer(layers.Conv2DTranspose, channels, "image", activation=None)(x)
    return layers.Activation("sigmoid", dtype="float32", name="reconstruction")(x)


def _layer(
    kind: type[layers.Conv2D | layers.Conv2DTranspose],
    filters: int,
    name: str,
    padding: str = "same",
    activation: str | None = "relu",
) -> layers.Layer:
    return kind(filters, 3, strides=2, padding=padding, activation=activation, name=name)
