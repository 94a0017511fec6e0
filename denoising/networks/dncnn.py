"""DnCNN: predict the noise and subtract it (Zhang et al. 2017, doi:10.1109/TIP.2017.2662206).

3×3 convolutions at full resolution with batch normalisation between them. Departures: fewer and
narrower layers by default (the paper has 17 of 64 filters, which cost 13 times the multiply-adds of
`residual_unet`), and a normalisation momentum of 0.9 for short trainings.
"""

from typing import Annotated

from keras import KerasTensor, Model, layers
from pydantic import Field

from denoising.config.yaml_schema import Count
from denoising.networks.blocks import convolution
from denoising.networks.tensors import ImageShape, named_input

KIND = "autoencoder"
Depth = Annotated[int, Field(ge=2)]


def build(image_shape: ImageShape, *, depth: Depth = 7, width: Count = 32) -> Model:
    """Build the denoiser, for images (N, H, W, C) in [0, 1] of any H and W.

    The output may leave [0, 1] slightly.

    Parameters
    ----------
    depth : number of convolutions, including the first and the last.
    width : filters of each but the last.
    """
    noisy = named_input(image_shape, "noisy")
    scales = encode(noisy, depth=depth, width=width)
    return Model(noisy, decode(scales, image_shape[-1], depth=depth, width=width), name="dncnn")


def encode(noisy: KerasTensor, *, depth: Depth = 7, width: Count = 32) -> list[KerasTensor]:
    """Return the noisy image and its features."""
    x = layers.Conv2D(width, 3, padding="same", activation="relu", name="in")(noisy)
    for number in range(depth - 2):
        x = convolution(x, width, f"body_{number}")
    return [noisy, x]


def decode(
    scales: list[KerasTensor], channels: int, *, depth: Depth = 7, width: Count = 32
) -> KerasTensor:
    """Return the noisy image minus the noise predicted from its features."""
    noise = layers.Conv2D(channels, 3, padding="same", dtype="float32", name="noise")(scales[-1])
    return layers.Subtract(dtype="float32", name="reconstruction")([scales[0], noise])
