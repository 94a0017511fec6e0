"""A small U-Net of residual blocks, with most of its work at half and quarter resolution.

After DRUNet (Zhang et al. 2021, doi:10.1109/TPAMI.2021.3088914): strided convolutions down,
transposed ones up, additive skips, residual blocks without normalisation. Departures: three scales
instead of four, fewer channels, biases, a level embedding added to the features instead of a level
map, and a final sigmoid, for images that are largely black or white. Before that sigmoid the
network corrects a coarse image, the means of 4×4 noisy pixels. Training then starts nearer to the
solution, and on mostly black images it cannot get stuck at black, where the slope of the sigmoid
is 0.
"""

from typing import Any

from keras import KerasTensor, Model, layers

from denoising.config.yaml_schema import Count
from denoising.networks.level_input import add_level
from denoising.networks.tensors import ImageShape, named_input

KIND = "autoencoder"
STRIDE = 4
# Maps pixels in [0, 1] to logits in [-3, 3], whose sigmoid is in [0.05, 0.95].
LOGIT_SLOPE = 6.0


def build(
    image_shape: ImageShape,
    *,
    width: Count = 32,
    blocks: Count = 2,
    level_input: bool = False,
) -> Model:
    """Build the denoiser, for images (N, H, W, C) in [0, 1]; H and W are multiples of 4.

    Parameters
    ----------
    width : channels at half resolution; twice as many at a quarter, half as many at full.
    blocks : residual blocks in each direction at half resolution; twice as many at a quarter.
    level_input : add a second input, ``level``, (N, 1): the noise level of each image.
    """
    noisy = named_input(image_shape, "noisy")
    level = named_input((1,), "level") if level_input else None
    options = {"width": width, "blocks": blocks}
    scales = encode(noisy, level=level, **options)
    denoised = decode(scales, image_shape[-1], **options)
    inputs = {"noisy": noisy, "level": level} if level_input else noisy
    return Model(inputs, denoised, name="residual_unet")


def encode(
    noisy: KerasTensor,
    *,
    width: Count = 32,
    blocks: Count = 2,
    level: KerasTensor | None = None,
) -> list[KerasTensor]:
    """Return the coarse image as logits, and features at full, half and quarter resolution.

    If given, an embedding of the `level`, (N, 1), is added to the features of each resolution.
    """
    full = _convolution(width // 2, "full_in", activation="relu")(noisy)
    full = add_level(full, level, "full")
    half = add_level(_convolution(width, "half_in", strides=2)(full), level, "half")
    for number in range(blocks):
        half = _residual(half, f"half_down_{number}")
    quarter = layers.Conv2D(2 * width, 2, strides=2, name="quarter_in")(half)
    quarter = add_level(quarter, level, "quarter")
    for number in range(2 * blocks):
        quarter = _residual(quarter, f"quarter_{number}")
    return [_coarse_logits(noisy), full, half, quarter]


def decode(
    scales: list[KerasTensor], channels: int, *, width: Count = 32, blocks: Count = 2
) -> KerasTensor:
    """Return the denoised image, from the coarse one and the features of `encode`."""
    coarse, full, half, quarter = scales
    up = layers.Conv2DTranspose(width, 2, strides=2, name="half_out")(quarter)
    up = layers.Add(name="half_skip")([up, half])
    for number in range(blocks):
        up = _residual(up, f"half_up_{number}")
    up = layers.Conv2DTranspose(width // 2, 2, strides=2, name="full_out")(up)
    up = layers.Add(name="full_skip")([up, full])
    up = _convolution(width // 2, "full_mix", activation="relu")(up)
    correction = _convolution(channels, "correction", dtype="float32")(up)
    image = layers.Add(dtype="float32", name="image")([coarse, correction])
    return layers.Activation("sigmoid", dtype="float32", name="reconstruction")(image)


def _coarse_logits(noisy: KerasTensor) -> KerasTensor:
    """Return the means of 4×4 noisy pixels, interpolated, as logits."""
    coarse = layers.AveragePooling2D(STRIDE, dtype="float32", name="coarse")(noisy)
    smooth = layers.UpSampling2D(
        STRIDE, interpolation="bilinear", dtype="float32", name="coarse_grow"
    )(coarse)
    return layers.Rescaling(LOGIT_SLOPE, -LOGIT_SLOPE / 2, dtype="float32", name="coarse_logits")(
        smooth
    )


def _convolution(filters: int, name: str, **options: Any) -> layers.Layer:
    return layers.Conv2D(filters, 3, padding="same", name=name, **options)


def _residual(x: KerasTensor, name: str) -> KerasTensor:
    branch = _convolution(x.shape[-1], f"{name}_a", activation="relu")(x)
    branch = _convolution(x.shape[-1], f"{name}_b")(branch)
    return layers.Add(name=f"{name}_add")([x, branch])
