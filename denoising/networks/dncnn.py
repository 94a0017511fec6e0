"""DnCNN: predict the noise and take it away (Zhang et al. 2017, doi:10.1109/TIP.2017.2662206).

3×3 convolutions at full resolution, batch normalisation between them, and the noise as output.
Departures: fewer and narrower layers by default (the paper has 17 of 64 filters, which cost 13
times the multiply-adds of `residual_unet`), and a normalisation momentum of 0.9 for short
trainings.
"""

from typing import Annotated

from keras import Input, Model, layers
from pydantic import Field

from denoising.config.yaml_schema import Count
from denoising.networks.blocks import convolution

KIND = "autoencoder"
Depth = Annotated[int, Field(ge=2)]


def build(image_shape, *, depth: Depth = 7, width: Count = 32) -> Model:
    """Build the denoiser: (N, H, W, C) in [0, 1] to an image about as bright, of any H and W.

    Parameters
    ----------
    depth : convolutions, the first and the last included.
    width : filters of each.
    """
    noisy = Input(image_shape, name="noisy")
    scales = encode(noisy, depth=depth, width=width)
    return Model(noisy, decode(scales, image_shape[-1], depth=depth, width=width), name="dncnn")


def encode(noisy, *, depth: Depth = 7, width: Count = 32) -> list:
    """Return the noisy image, and the features from which its noise is predicted."""
    x = layers.Conv2D(width, 3, padding="same", activation="relu", name="in")(noisy)
    for number in range(depth - 2):
        x = convolution(x, width, f"body_{number}")
    return [noisy, x]


def decode(scales: list, channels: int, *, depth: Depth = 7, width: Count = 32):
    """Return the noisy image less the noise that its features stand for."""
    noise = layers.Conv2D(channels, 3, padding="same", dtype="float32", name="noise")(scales[-1])
    return layers.Subtract(dtype="float32", name="reconstruction")([scales[0], noise])
