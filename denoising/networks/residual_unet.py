"""A small U-Net of residual blocks, most of its work at half and quarter resolution.

After DRUNet (Zhang et al. 2021, doi:10.1109/TPAMI.2021.3088914): strided convolutions down,
transposed ones up, additive skips, residual blocks without normalisation. Departures: three scales
instead of four, few channels, biases, the level added to features instead of a map of it, and a
sigmoid at the end, for images that are black or white in large parts. The network corrects a coarse
image, the averages of 4×4 noisy pixels, before that sigmoid: it starts nearer to its end, and
trainings on mostly black images do not fall into black for good, where its slope is 0.
"""

from keras import Input, Model, layers

from denoising.config.yaml_schema import Count
from denoising.networks.level_input import add_level

KIND = "autoencoder"
STRIDE = 4
# Makes of 0 to 1 what the sigmoid is taken of, -3 to 3; it gives 0.05 to 0.95.
LOGIT_SLOPE = 6.0


def build(
    image_shape,
    *,
    width: Count = 32,
    blocks: Count = 2,
    level_input: bool = False,
) -> Model:
    """Build the denoiser: (N, H, W, C) in [0, 1] to the same; H and W are multiples of 4.

    Parameters
    ----------
    image_shape : (H, W, C); H and W may be None.
    width : channels at half resolution; twice as many at a quarter, half as many at full.
    blocks : residual blocks each way at half resolution; twice as many at a quarter.
    level_input : add a second input, ``level``, (N, 1): the noise level of each image.
    """
    noisy = Input(image_shape, name="noisy")
    level = Input((1,), name="level") if level_input else None
    options = {"width": width, "blocks": blocks}
    scales = encode(noisy, level=level, **options)
    denoised = decode(scales, image_shape[-1], **options)
    inputs = {"noisy": noisy, "level": level} if level_input else noisy
    return Model(inputs, denoised, name="residual_unet")


def encode(noisy, *, width: Count = 32, blocks: Count = 2, level=None) -> list:
    """Return what is to be corrected, and features at full, half and quarter resolution.

    Where there is a `level`, (N, 1), what it says is added to the features at each resolution.
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


def decode(scales: list, channels: int, *, width: Count = 32, blocks: Count = 2):
    """Return the image that the features of `encode` stand for."""
    corrected, full, half, quarter = scales
    up = layers.Conv2DTranspose(width, 2, strides=2, name="half_out")(quarter)
    up = layers.Add(name="half_skip")([up, half])
    for number in range(blocks):
        up = _residual(up, f"half_up_{number}")
    up = layers.Conv2DTranspose(width // 2, 2, strides=2, name="full_out")(up)
    up = layers.Add(name="full_skip")([up, full])
    up = _convolution(width // 2, "full_mix", activation="relu")(up)
    correction = _convolution(channels, "correction", dtype="float32")(up)
    image = layers.Add(dtype="float32", name="image")([corrected, correction])
    return layers.Activation("sigmoid", dtype="float32", name="reconstruction")(image)


def _coarse_logits(noisy):
    """Return what the sigmoid makes averages of 4×4 noisy pixels of."""
    coarse = layers.AveragePooling2D(STRIDE, dtype="float32", name="coarse")(noisy)
    smooth = layers.UpSampling2D(
        STRIDE, interpolation="bilinear", dtype="float32", name="coarse_grow"
    )(coarse)
    return layers.Rescaling(LOGIT_SLOPE, -LOGIT_SLOPE / 2, dtype="float32", name="coarse_logits")(
        smooth
    )


def _convolution(filters: int, name: str, **options) -> layers.Layer:
    return layers.Conv2D(filters, 3, padding="same", name=name, **options)


def _residual(x, name: str):
    branch = _convolution(x.shape[-1], f"{name}_a", activation="relu")(x)
    branch = _convolution(x.shape[-1], f"{name}_b")(branch)
    return layers.Add(name=f"{name}_add")([x, branch])
