"""The strided autoencoder of a published Fashion-MNIST project: 14×14×32, 7×7×64, 3×3×128.

Strided convolutions down and transposed ones back, 3×3. Departure: none is known; the source gives
the shapes, the kernels are assumed, the deepest without padding, which makes 3 of 7.
"""

from keras import Input, Model, layers

KIND = "autoencoder"


def build(image_shape) -> Model:
    """Build the denoiser: (N, H, W, C) in [0, 1] to the same; H and W are 8 k + 4."""
    noisy = Input(image_shape, name="noisy")
    return Model(noisy, decode(encode(noisy), image_shape[-1]), name="transposed")


def encode(noisy) -> list:
    """Return features at a half, a quarter and about an eighth of the resolution."""
    half = _layer(layers.Conv2D, 32, "down_32")(noisy)
    quarter = _layer(layers.Conv2D, 64, "down_64")(half)
    return [half, quarter, _layer(layers.Conv2D, 128, "down_128", padding="valid")(quarter)]


def decode(scales: list, channels: int):
    """Return the image that the deepest features stand for; this network has no skips."""
    x = _layer(layers.Conv2DTranspose, 64, "up_64", padding="valid")(scales[-1])
    x = _layer(layers.Conv2DTranspose, 32, "up_32")(x)
    x = _layer(layers.Conv2DTranspose, channels, "image", activation=None)(x)
    return layers.Activation("sigmoid", dtype="float32", name="reconstruction")(x)


def _layer(kind, filters: int, name: str, padding: str = "same", activation: str | None = "relu"):
    return kind(filters, 3, strides=2, padding=padding, activation=activation, name=name)
