"""Building blocks that several networks share."""

from keras import KerasTensor, layers


def convolution(
    x: KerasTensor, filters: int, name: str, *, strides: int = 1, activation: bool = True
) -> KerasTensor:
    """Apply a 3×3 convolution, batch normalisation and, with `activation`, a ReLU."""
    x = layers.Conv2D(
        filters, 3, strides=strides, padding="same", use_bias=False, name=f"{name}_conv"
    )(x)
    x = layers.BatchNormalization(momentum=0.9, name=f"{name}_norm")(x)
    return layers.ReLU(name=f"{name}_act")(x) if activation else x


def residual(x: KerasTensor, name: str) -> KerasTensor:
    """Apply a residual block of two convolutions (He et al. 2016, doi:10.1109/CVPR.2016.90)."""
    branch = convolution(x, x.shape[-1], f"{name}_a")
    branch = convolution(branch, x.shape[-1], f"{name}_b", activation=False)
    x = layers.Add(name=f"{name}_add")([x, branch])
    return layers.ReLU(name=f"{name}_relu")(x)
