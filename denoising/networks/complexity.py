"""The computational cost of a network."""

import math
from typing import Any

import keras


def multiply_adds(model: keras.Model) -> int:
    """Return the multiply-adds of its convolutions and dense layers, forward, for one image.

    The model must be built for images of a fixed size.
    """
    total = 0
    for layer in model.layers:
        # A transposed convolution applies its kernel at each pixel of its input.
        if isinstance(layer, keras.layers.Conv2DTranspose):
            total += _applications(layer.kernel, layer.input)
        elif isinstance(layer, keras.layers.Conv2D | keras.layers.Dense):
            total += _applications(layer.kernel, layer.output)
    return total


def _applications(kernel: Any, features: Any) -> int:
    """Return the multiply-adds of a kernel at each pixel of features, (N, H, W, C) or (N, C)."""
    return math.prod(kernel.shape) * math.prod(features.shape[1:-1])
