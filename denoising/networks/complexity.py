"""The computational cost of a network."""

import math
from collections.abc import Callable
from typing import Any

import keras

from denoising.files.errors import UserError

LARGEST = 2**14
"""The largest value of an option that is tried."""


def value_for_work(
    build: Callable[[int], keras.Model], wanted: int, name: str, start: int = 1
) -> int:
    """Return the smallest value of an option with which a network has `wanted` multiply-adds.

    Parameters
    ----------
    build : builds the network with a value of the option, from `start` on.
    name : of the option, in messages.

    Raises
    ------
    UserError
        No value up to 16,384 is enough, or doubling the value does not add to the work.
    """
    low, high, before = start - 1, start, -1
    while (work := multiply_adds(build(high))) < wanted:
        if work <= before or high >= LARGEST:
            raise UserError(
                f"{name} does not raise the classifier's multiply-adds to {wanted:,}: {high} gives "
                f"{work:,}. Name another option, such as the width."
            )
        low, high, before = high, 2 * high, work
    while high - low > 1:
        middle = (low + high) // 2
        enough = multiply_adds(build(middle)) >= wanted
        low, high = (low, middle) if enough else (middle, high)
    return high


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
