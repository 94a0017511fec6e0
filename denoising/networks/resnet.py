"""A small residual classifier for small images on a CPU.

After He et al. 2016 (doi:10.1109/CVPR.2016.90), with two stages instead of four: only the first
convolution sees the full resolution, the rest works at a half and a quarter of it.
"""

from keras import Input, Model, layers

KIND = "classifier"


def build(image_shape, classes: int, *, width: int = 48, blocks: int = 1, dropout: float = 0.2):
    """Build the classifier: (N, H, W, C) in [0, 1] to logits (N, classes), for any H and W.

    Parameters
    ----------
    width : channels at half resolution; twice as many at a quarter.
    blocks : residual blocks at each resolution.
    dropout : fraction of the pooled features that is dropped in training.
    """
    image = Input(image_shape, name="image")
    x = _convolution(image, width // 2, "full", strides=1)
    for scale, filters in (("half", width), ("quarter", 2 * width)):
        x = _convolution(x, filters, scale, strides=2)
        for number in range(blocks):
            x = _residual(x, f"{scale}_{number}")
    x = layers.GlobalAveragePooling2D(name="pool")(x)
    x = layers.Dropout(dropout, name="dropout")(x)
    logits = layers.Dense(classes, dtype="float32", name="classification")(x)
    return Model(image, logits, name="resnet")


def _residual(x, name: str):
    branch = _convolution(x, x.shape[-1], f"{name}_a", strides=1)
    branch = _convolution(branch, x.shape[-1], f"{name}_b", strides=1, activation=False)
    x = layers.Add(name=f"{name}_add")([x, branch])
    return layers.ReLU(name=f"{name}_relu")(x)


def _convolution(x, filters: int, name: str, *, strides: int, activation: bool = True):
    x = layers.Conv2D(
        filters, 3, strides=strides, padding="same", use_bias=False, name=f"{name}_conv"
    )(x)
    x = layers.BatchNormalization(momentum=0.9, name=f"{name}_norm")(x)
    return layers.ReLU(name=f"{name}_act")(x) if activation else x
