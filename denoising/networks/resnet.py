"""A small residual classifier, for small images on a CPU.

After He et al. 2016 (doi:10.1109/CVPR.2016.90), with two stages instead of four: only the first
convolution works at full resolution, the others at a half and a quarter of it.
"""

from keras import Model, layers

from denoising.config.yaml_schema import Count, Fraction
from denoising.networks.blocks import convolution, residual
from denoising.networks.tensors import ImageShape, named_input

KIND = "classifier"


def build(
    image_shape: ImageShape,
    classes: int,
    *,
    width: Count = 48,
    blocks: Count = 1,
    dropout: Fraction = 0.2,
) -> Model:
    """Build the classifier: images (N, H, W, C) in [0, 1], of any H and W, to logits (N, classes).

    Parameters
    ----------
    width : channels at half resolution; twice as many at a quarter.
    blocks : residual blocks at each resolution.
    dropout : fraction of the pooled features that training drops.
    """
    image = named_input(image_shape, "image")
    x = convolution(image, width // 2, "full")
    for scale, filters in (("half", width), ("quarter", 2 * width)):
        x = convolution(x, filters, scale, strides=2)
        for number in range(blocks):
            x = residual(x, f"{scale}_{number}")
    x = layers.GlobalAveragePooling2D(name="pool")(x)
    x = layers.Dropout(dropout, name="dropout")(x)
    logits = layers.Dense(classes, dtype="float32", name="classification")(x)
    return Model(image, logits, name="resnet")
