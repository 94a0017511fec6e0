"""The plain convolutional autoencoder of tutorials: max pooling down, up-sampling back.

After F. Chollet (2016), Building autoencoders in Keras, whose denoiser has the filters 32 and 32;
published projects took 32 and 16, and 32, 64 and 128, the latter for colour with batch
normalisation. Departure: where there are more convolutions than poolings, the deepest ones are not
followed by one, so that 28 pixels divide.
"""

from keras import Input, Model, layers
from pydantic import NonNegativeInt

from denoising.config.yaml_schema import Counts

KIND = "autoencoder"


def build(
    image_shape,
    *,
    filters: Counts = (32, 32),
    poolings: NonNegativeInt = 2,
    batch_normalization: bool = False,
) -> Model:
    """Build the denoiser: (N, H, W, C) in [0, 1] to the same.

    Parameters
    ----------
    image_shape : (H, W, C); H and W may be None. Both are multiples of 2 to the `poolings`.
    filters : of the 3×3 convolutions down; those up have them in reverse.
    poolings : how many of the convolutions down, from the first on, are followed by 2×2 pooling.
    batch_normalization : after every convolution but the last.

    Raises
    ------
    ValueError : there are more poolings than convolutions.
    """
    if poolings > len(filters):
        raise ValueError(f"Expected at most {len(filters)} poolings. Received: {poolings}")
    options = {
        "filters": filters,
        "poolings": poolings,
        "batch_normalization": batch_normalization,
    }
    noisy = Input(image_shape, name="noisy")
    denoised = decode(encode(noisy, **options), image_shape[-1], **options)
    return Model(noisy, denoised, name="pooled")


def encode(
    noisy,
    *,
    filters: Counts = (32, 32),
    poolings: NonNegativeInt = 2,
    batch_normalization: bool = False,
) -> list:
    """Return features after each convolution down, the pooled ones where there is pooling."""
    scales, x = [], noisy
    for depth, width in enumerate(filters):
        x = _layer(x, width, f"down_{depth}", batch_normalization)
        if depth < poolings:
            x = layers.MaxPooling2D(2, name=f"down_{depth}_pool")(x)
        scales.append(x)
    return scales


def decode(
    scales: list,
    channels: int,
    *,
    filters: Counts = (32, 32),
    poolings: NonNegativeInt = 2,
    batch_normalization: bool = False,
):
    """Return the image that the deepest features stand for; this network has no skips."""
    x = scales[-1]
    for depth, width in reversed(list(enumerate(filters))):
        x = _layer(x, width, f"up_{depth}", batch_normalization)
        if depth < poolings:
            x = layers.UpSampling2D(2, name=f"up_{depth}_grow")(x)
    image = layers.Conv2D(channels, 3, padding="same", name="image")(x)
    return layers.Activation("sigmoid", dtype="float32", name="reconstruction")(image)


def _layer(x, filters: int, name: str, batch_normalization: bool):
    x = layers.Conv2D(filters, 3, padding="same", activation="relu", name=name)(x)
    return layers.BatchNormalization(name=f"{name}_norm")(x) if batch_normalization else x
