"""A U-Net that corrects the noisy image itself, for photographs with little noise or much.

After FFDNet (Zhang et al. 2018, doi:10.1109/TIP.2018.2839891): all convolutions but the first and
the last work at half resolution or less. Departures: these two change the resolution, where the
paper rearranges pixels; a second scale, at a quarter; residual blocks without normalisation; the
level added to features instead of a map of it; and a correction of the image instead of the image.
What it sees is the image, from -1 to 1, and, amplified, what sets each pixel apart from its
neighbours. There are the noise and the fine detail: beside the brightness they are so small that a
network learns late to tell them apart. It begins as its input: the correction and each residual
block are 0 at first (Zhang et al. 2019, arXiv:1901.09321).
"""

from keras import Input, Model, layers

from denoising.config.yaml_schema import Count
from denoising.networks.level_input import add_level

KIND = "autoencoder"
WINDOW = 5  # pixels a side of what counts as a pixel's neighbours
AMPLIFICATION = 8.0


def build(
    image_shape,
    *,
    width: Count = 48,
    quarter_width: Count = 64,
    blocks: Count = 3,
    level_input: bool = False,
) -> Model:
    """Build the denoiser: (N, H, W, C) in [0, 1] to about that range; H and W are multiples of 4.

    Parameters
    ----------
    image_shape : (H, W, C); H and W may be None.
    width : channels at half resolution.
    quarter_width : channels at a quarter.
    blocks : residual blocks each way at half resolution, and as many at a quarter.
    level_input : add a second input, ``level``, (N, 1): the noise level of each image.
    """
    noisy = Input(image_shape, name="noisy")
    level = Input((1,), name="level") if level_input else None
    options = {"width": width, "quarter_width": quarter_width, "blocks": blocks}
    scales = encode(noisy, level=level, **options)
    denoised = decode(scales, image_shape[-1], **options)
    return Model(
        {"noisy": noisy, "level": level} if level_input else noisy, denoised, name="photo_unet"
    )


def encode(
    noisy, *, width: Count = 48, quarter_width: Count = 64, blocks: Count = 3, level=None
) -> list:
    """Return the noisy image, and features at half and at quarter resolution.

    Where there is a `level`, (N, 1), what it says is added to the features at each resolution.
    """
    half = layers.Conv2D(width, 4, strides=2, padding="same", name="half_in")(_amplified(noisy))
    half = add_level(half, level, "half")
    for number in range(blocks):
        half = _residual(half, f"half_down_{number}")
    quarter = layers.Conv2D(quarter_width, 2, strides=2, name="quarter_in")(half)
    quarter = add_level(quarter, level, "quarter")
    for number in range(blocks):
        quarter = _residual(quarter, f"quarter_{number}")
    return [noisy, half, quarter]


def decode(
    scales: list, channels: int, *, width: Count = 48, quarter_width: Count = 64, blocks: Count = 3
):
    """Return the noisy image with the correction that its features stand for."""
    noisy, half, quarter = scales
    up = layers.Conv2DTranspose(width, 2, strides=2, name="half_out")(quarter)
    up = layers.Add(name="half_skip")([up, half])
    for number in range(blocks):
        up = _residual(up, f"half_up_{number}")
    correction = layers.Conv2DTranspose(
        channels,
        4,
        strides=2,
        padding="same",
        kernel_initializer="zeros",
        dtype="float32",
        name="correction",
    )(up)
    return layers.Add(dtype="float32", name="reconstruction")([noisy, correction])


def _amplified(noisy):
    """Return the image beside its differences from the averages of 5×5 pixels, 8 times as large."""
    smooth = layers.AveragePooling2D(
        WINDOW, strides=1, padding="same", dtype="float32", name="smooth"
    )(noisy)
    detail = layers.Subtract(dtype="float32", name="detail")([noisy, smooth])
    detail = layers.Rescaling(AMPLIFICATION, dtype="float32", name="detail_amplified")(detail)
    centred = layers.Rescaling(2.0, -1.0, dtype="float32", name="centred")(noisy)
    return layers.Concatenate(dtype="float32", name="seen")([centred, detail])


def _residual(x, name: str):
    """Add what two convolutions make of features; at first, nothing."""
    channels = x.shape[-1]
    branch = layers.Conv2D(channels, 3, padding="same", activation="relu", name=f"{name}_a")(x)
    branch = layers.Conv2D(
        channels, 3, padding="same", kernel_initializer="zeros", name=f"{name}_b"
    )(branch)
    return layers.Add(name=f"{name}_add")([x, branch])
