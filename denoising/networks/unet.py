"""A small U-Net (Ronneberger et al. 2015, doi:10.1007/978-3-319-24574-4_28) with 16-32-64 filters.

As in a published MNIST project: two convolutions with batch normalisation per block, 2×2 transposed
convolutions up, skips by concatenation. Departures from the paper: three scales instead of five,
fewer filters, padded convolutions, normalisation, and a final sigmoid.
"""

from keras import KerasTensor, Model, layers

from denoising.config.yaml_schema import Counts
from denoising.networks.tensors import ImageShape, named_input

KIND = "autoencoder"
FILTERS = [16, 32, 64]


def build(image_shape: ImageShape, *, filters: Counts = FILTERS) -> Model:
    """Build the denoiser, for images (N, H, W, C) in [0, 1].

    H and W must be divisible by 2 to the power of the number of scales minus one.

    Parameters
    ----------
    filters : of the convolutions at each scale, from full resolution down.
    """
    noisy = named_input(image_shape, "noisy")
    denoised = decode(encode(noisy, filters=filters), image_shape[-1], filters=filters)
    return Model(noisy, denoised, name="unet")


def encode(noisy: KerasTensor, *, filters: Counts = FILTERS) -> list[KerasTensor]:
    """Return the features of each scale, from full resolution down."""
    scales = [_block(noisy, filters[0], "down_0")]
    for depth, width in enumerate(filters[1:], start=1):
        pooled = layers.MaxPooling2D(2, name=f"pool_{depth}")(scales[-1])
        scales.append(_block(pooled, width, f"down_{depth}"))
    return scales


def decode(scales: list[KerasTensor], channels: int, *, filters: Counts = FILTERS) -> KerasTensor:
    """Return the denoised image, from the features of all scales."""
    x = scales[-1]
    for depth in reversed(range(len(filters) - 1)):
        x = layers.Conv2DTranspose(filters[depth], 2, strides=2, name=f"grow_{depth}")(x)
        x = layers.Concatenate(name=f"skip_{depth}")([x, scales[depth]])
        x = _block(x, filters[depth], f"up_{depth}")
    image = layers.Conv2D(channels, 1, name="image")(x)
    return layers.Activation("sigmoid", dtype="float32", name="reconstruction")(image)


def _block(x: KerasTensor, filters: int, name: str) -> KerasTensor:
    for half in ("a", "b"):
        x = layers.Conv2D(filters, 3, padding="same", name=f"{name}_{half}")(x)
        x = layers.BatchNormalization(name=f"{name}_{half}_norm")(x)
        x = layers.ReLU(name=f"{name}_{half}_act")(x)
    return x
