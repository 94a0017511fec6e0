"""A small residual classifier, for small images on a CPU.

After He et al. 2016 (doi:10.1109/CVPR.2016.90), with two stages instead of four: only the first
convolution works at full resolution, the others at a half and a quarter of it.
"""

from keras import Model, layers

from denoising.config.yaml_schema import Count, Fraction
from denoising.networks.blocks import convolution, residual
from denoising.networks.level_input import add_level
from denoising.networks.tensors import ImageShape, named_input

KIND = "classifier"


def build(
    image_shape: ImageShape,
    classes: int,
    *,
    width: Count = 48,
    blocks: Count = 1,
    dropout: Fraction = 0.2,
    level_input: bool = False,
) -> Model:
    """Build the classifier: images (N, H, W, C) in [0, 1], of any H and W, to logits (N, classes).

    Parameters
    ----------
    width : channels at half resolution; twice as many at a quarter.
    blocks : residual blocks at each resolution.
    dropout : fraction of the pooled features that training drops.
    level_input : add a second input, ``level``, (N, 1): the noise level of each image, which is
        then called ``noisy``.
    """
    image = named_input(image_shape, "noisy" if level_input else "image")
    level = named_input((1,), "level") if level_input else None
    x = add_level(convolution(image, width // 2, "full"), level, "full")
    for scale, filters in (("half", width), ("quarter", 2 * width)):
        x = add_level(convolution(x, filters, scale, strides=2), level, scale)
        for number in range(blocks):
            x = residual(x, f"{scale}_{number}")
    x = layers.GlobalAveragePooling2D(name="pool")(x)
    x = layers.Dropout(dropout, name="dropout")(x)
    logits = layers.Dense(classes, dtype="float32", name="classification")(x)
    inputs = {"noisy": image, "level": level} if level_input else image
    return Model(inputs, logits, name="resnet")
