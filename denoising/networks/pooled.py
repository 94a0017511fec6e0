"""The plain convolutional autoencoder of tutorials: max pooling down, up-sampling back.

After F. Chollet (2016), Building autoencoders in Keras, whose denoiser has two convolutions of 32
filters; published projects use 32 and 16, or 32, 64 and 128, the latter for colour images with
batch normalisation. Departure: there may be fewer poolings than convolutions, so that sizes such as
28 remain divisible; the deepest convolutions then have none.
"""

from keras import KerasTensor, Model, layers
from pydantic import NonNegativeInt

from denoising.config.yaml_schema import Counts
from denoising.networks.tensors import ImageShape, named_input

KIND = "autoencoder"
FILTERS = [32, 32]


def build(
    image_shape: ImageShape,
    *,
    filters: Counts = FILTERS,
    poolings: NonNegativeInt = 2,
    batch_normalization: bool = False,
) -> Model:
    """Build the denoiser, for images (N, H, W, C) in [0, 1]; H and W divide by 2 to the `poolings`.

    Parameters
    ----------
    filters : of each 3×3 convolution down; those up have the same in reverse.
    poolings : number of convolutions down, from the first, that are followed by 2×2 pooling.
    batch_normalization : normalise after every convolution but the last.

    Raises
    ------
    ValueError
        There are more poolings than convolutions.
    """
    if poolings > len(filters):
        raise ValueError(f"Expected at most {len(filters)} poolings. Received: {poolings}")
    noisy = named_input(image_shape, "noisy")
    scales = encode(
        noisy, filters=filters, poolings=poolings, batch_normalization=batch_normalization
    )
    denoised = decode(
        scales,
        image_shape[-1],
        filters=filters,
        poolings=poolings,
        batch_normalization=batch_normalization,
    )
    return Model(noisy, denoised, name="pooled")


def encode(
    noisy: KerasTensor,
    *,
    filters: Counts = FILTERS,
    poolings: NonNegativeInt = 2,
    batch_normalization: bool = False,
) -> list[KerasTensor]:
    """Return the features after each convolution down and its pooling."""
    scales, x = [], noisy
    for depth, width in enumerate(filters):
        x = _layer(x, width, f"down_{depth}", batch_normalization)
        if depth < poolings:
            x = layers.MaxPooling2D(2, name=f"down_{depth}_pool")(x)
        scales.append(x)
    return scales


def decode(
    scales: list[KerasTensor],
    channels: int,
    *,
    filters: Counts = FILTERS,
    poolings: NonNegativeInt = 2,
    batch_normalization: bool = False,
) -> KerasTensor:
    """Return the denoised image, from the deepest features alone: there are no skips."""
    x = scales[-1]
    for depth, width in reversed(list(enumerate(filters))):
        x = _layer(x, width, f"up_{depth}", batch_normalization)
        if depth < poolings:
            x = layers.UpSampling2D(2, name=f"up_{depth}_grow")(x)
    image = layers.Conv2D(channels, 3, padding="same", name="image")(x)
    return layers.Activation("sigmoid", dtype="float32", name="reconstruction")(image)


def _layer(x: KerasTensor, filters: int, name: str, batch_normalization: bool) -> KerasTensor:
    x = layers.Conv2D(filters, 3, padding="same", activation="relu", name=name)(x)
    return layers.BatchNormalization(name=f"{name}_norm")(x) if batch_normalization else x
