"""A small residual classifier for small images on a CPU.

After He et al. 2016 (doi:10.1109/CVPR.2016.90), with two stages instead of four: only the first
convolution sees the full resolution, the rest works at a half and a quarter of it.
"""

from keras import Input, Model, layers

from denoising.config.yaml_schema import Count, Fraction
from denoising.networks.blocks import convolution, residual

KIND = "classifier"


def build(
    image_shape, classes: int, *, width: Count = 48, blocks: Count = 1, dropout: Fraction = 0.2
):
    """Build the classifier: (N, H, W, C) in [0, 1] to logits (N, classes), for any H and W.

    Parameters
    ----------
    width : channels at half resolution; twice as many at a quarter.
    blocks : residual blocks at each resolution.
    dropout : fraction of the pooled features that is dropped in training.
    """
    image = Input(image_shape, name="image")
    x = convolution(image, width // 2, "full")
    for scale, filters in (("half", width), ("quarter", 2 * width)):
        x = convolution(x, filters, scale, strides=2)
        for number in range(blocks):
            x = residual(x, f"{scale}_{number}")
    x = layers.GlobalAveragePooling2D(name="pool")(x)
    x = layers.Dropout(dropout, name="dropout")(x)
    logits = layers.Dense(classes, dtype="float32", name="classification")(x)
    return Model(image, logits, name="resnet")
