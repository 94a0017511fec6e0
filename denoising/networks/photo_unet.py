"""A U-Net that corrects the noisy image itself, for photographs with weak or strong noise.

After FFDNet (Zhang et al. 2018, doi:10.1109/TIP.2018.2839891): all convolutions but the first and
the last work at half resolution or less. Departures: these two are strided, where the paper
rearranges pixels; a second scale, at a quarter; residual blocks without normalisation; a level
embedding added to the features instead of a level map; and a correction as output instead of the
image.

The convolutions see the image, scaled to [-1, 1], and the amplified difference of each pixel from
its local mean. That difference holds the noise and the fine detail; unamplified, it is so small
beside the brightness that a network is slow to learn to separate the two. Training starts from the
identity: the correction and each residual block are 0 at first (Zhang et al. 2019,
arXiv:1901.09321).
"""

from keras import KerasTensor, Model, layers

from denoising.config.yaml_schema import Count
from denoising.networks.level_input import add_level
from denoising.networks.tensors import ImageShape, named_input

KIND = "autoencoder"
WINDOW = 5  # pixels per side of the local mean
AMPLIFICATION = 8.0


def build(
    image_shape: ImageShape,
    *,
    width: Count = 48,
    quarter_width: Count = 64,
    blocks: Count = 3,
    level_input: bool = False,
) -> Model:
    """Build the denoiser, for images (N, H, W, C) in [0, 1]; H and W are multiples of 4.

    The output may leave [0, 1] slightly.

    Parameters
    ----------
    width : channels at half resolution.
    quarter_width : channels at a quarter.
    blocks : residual blocks at a quarter, and at half resolution in each direction.
    level_input : add a second input, ``level``, (N, 1): the noise level of each image.
    """
    noisy = named_input(image_shape, "noisy")
    level = named_input((1,), "level") if level_input else None
    options = {"width": width, "quarter_width": quarter_width, "blocks": blocks}
    scales = encode(noisy, level=level, **options)
    denoised = decode(scales, image_shape[-1], **options)
    return Model(
        {"noisy": noisy, "level": level} if level_input else noisy, denoised, name="photo_unet"
    )


def encode(
    noisy: KerasTensor,
    *,
    width: Count = 48,
    quarter_width: Count = 64,
    blocks: Count = 3,
    level: KerasTensor | None = None,
) -> list[KerasTensor]:
    """Return the noisy image, and features at half and quarter resolution.

    If given, an embedding of the `level`, (N, 1), is added to the features of each resolution.
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
    scales: list[KerasTensor],
    channels: int,
    *,
    width: Count = 48,
    quarter_width: Count = 64,
    blocks: Count = 3,
) -> KerasTensor:
    """Return the noisy image plus the correction predicted from its features."""
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


def _amplified(noisy: KerasTensor) -> KerasTensor:
    """Return the scaled image, concatenated with its amplified difference from the local mean."""
    smooth = layers.AveragePooling2D(
        WINDOW, strides=1, padding="same", dtype="float32", name="smooth"
    )(noisy)
    detail = layers.Subtract(dtype="float32", name="detail")([noisy, smooth])
    detail = layers.Rescaling(AMPLIFICATION, dtype="float32", name="detail_amplified")(detail)
    centred = layers.Rescaling(2.0, -1.0, dtype="float32", name="centred")(noisy)
    return layers.Concatenate(dtype="float32", name="seen")([centred, detail])


def _residual(x: KerasTensor, name: str) -> KerasTensor:
    """Apply a residual block of two convolutions that starts as the identity."""
    channels = x.shape[-1]
    branch = layers.Conv2D(channels, 3, padding="same", activation="relu", name=f"{name}_a")(x)
    branch = layers.Conv2D(
        channels, 3, padding="same", kernel_initializer="zeros", name=f"{name}_b"
    )(branch)
    return layers.Add(name=f"{name}_add")([x, branch])
