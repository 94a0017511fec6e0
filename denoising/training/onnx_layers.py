"""Keras layers as ONNX operators."""

from collections.abc import Callable
from typing import Any

import keras
import numpy as np

from denoising.training import onnx_convolutions
from denoising.training.onnx_convolutions import padding
from denoising.training.onnx_graph import Graph, Value, activated, weights

Express = Callable[[Graph, Any, list[Value]], Value]
"""Adds a layer with its inputs to a graph; raises `ValueError` if ONNX cannot express it."""


def check(layer: keras.Layer) -> None:
    """Raise `ValueError` if layers, or operations, of this class cannot be expressed."""
    kind = type(layer)
    operation = kind.__module__.startswith("keras.src.ops.") and kind.__name__ in OPERATIONS
    own = not kind.__module__.startswith("keras.src.layers.")
    if not operation and (own or kind.__name__ not in LAYERS):
        raise ValueError("layers of this class cannot be expressed")


def express(graph: Graph, layer: keras.Layer, inputs: list[Value]) -> Value:
    """Add a layer to a graph; return its output.

    Raises
    ------
    ValueError
        Layers of its class, or with its options, cannot be expressed.
    """
    check(layer)
    if getattr(layer, "data_format", "channels_last") != "channels_last":
        raise ValueError("its data_format is not channels_last")
    graph.layer = layer.name
    return LAYERS[type(layer).__name__](graph, layer, inputs)


def _same(graph: Graph, layer: Any, inputs: list[Value]) -> Value:
    """Express a layer that has an effect in training alone."""
    return inputs[0]


def _activation(graph: Graph, layer: Any, inputs: list[Value]) -> Value:
    return activated(graph, inputs[0], layer.activation)


def _relu(graph: Graph, layer: Any, inputs: list[Value]) -> Value:
    if layer.max_value is not None or layer.threshold:
        raise ValueError("its max_value and threshold cannot be expressed")
    slope = float(layer.negative_slope)
    if slope:
        name = graph.add("LeakyRelu", inputs[0].name, alpha=slope)
    else:
        name = graph.add("Relu", inputs[0].name)
    return inputs[0]._replace(name=name)


def _leaky_relu(graph: Graph, layer: Any, inputs: list[Value]) -> Value:
    name = graph.add("LeakyRelu", inputs[0].name, alpha=float(layer.negative_slope))
    return inputs[0]._replace(name=name)


def _prelu(graph: Graph, layer: Any, inputs: list[Value]) -> Value:
    value = graph.plain(inputs[0])
    return value._replace(name=graph.add("PRelu", value.name, graph.constant(weights(layer.alpha))))


def _softmax(graph: Graph, layer: Any, inputs: list[Value]) -> Value:
    value = graph.plain(inputs[0])
    return value._replace(name=graph.add("Softmax", value.name, axis=layer.axis))


def _dense(graph: Graph, layer: Any, inputs: list[Value]) -> Value:
    value = graph.plain(inputs[0])
    name = graph.add("MatMul", value.name, graph.constant(weights(layer.kernel)))
    if layer.use_bias:
        name = graph.add("Add", name, graph.constant(weights(layer.bias)))
    return activated(graph, value._replace(name=name), layer.activation)


def _normalized(graph: Graph, layer: Any, inputs: list[Value]) -> Value:
    if inputs[0].rank not in (2, 4):
        raise ValueError("its input has neither 2 nor 4 dimensions")
    axis = layer.axis if isinstance(layer.axis, int) else -1
    if axis not in (-1, inputs[0].rank - 1):
        raise ValueError("it does not normalise the last axis")
    value = graph.image(inputs[0])
    variance = weights(layer.moving_variance)
    scale = weights(layer.gamma) if layer.scale else np.ones_like(variance)
    offset = weights(layer.beta) if layer.center else np.zeros_like(variance)
    parts = (scale, offset, weights(layer.moving_mean), variance)
    constants = [graph.constant(values) for values in parts]
    name = graph.add("BatchNormalization", value.name, *constants, epsilon=layer.epsilon)
    return value._replace(name=name)


def _pooling(operator: str, **attributes: int) -> Express:
    def pooled(graph: Graph, layer: Any, inputs: list[Value]) -> Value:
        pairs = zip(layer.strides, layer.pool_size, strict=True)
        if layer.padding == "same" and any(stride > size for stride, size in pairs):
            raise ValueError("its strides are wider than its pool_size")
        name = graph.add(
            operator,
            graph.image(inputs[0]).name,
            kernel_shape=[*layer.pool_size],
            strides=[*layer.strides],
            **padding(layer),
            **attributes,
        )
        return Value(name, 4, True)

    return pooled


def _global_pooling(operator: str) -> Express:
    def pooled(graph: Graph, layer: Any, inputs: list[Value]) -> Value:
        kept = bool(layer.keepdims)
        name = graph.add(operator, graph.image(inputs[0]).name, axes=[2, 3], keepdims=int(kept))
        return Value(name, 4, True) if kept else Value(name, 2)

    return pooled


def _up_sampling(graph: Graph, layer: Any, inputs: list[Value]) -> Value:
    modes: dict[str, dict[str, Any]] = {
        "nearest": {
            "mode": "nearest",
            "coordinate_transformation_mode": "asymmetric",
            "nearest_mode": "floor",
        },
        "bilinear": {"mode": "linear"},
    }
    if layer.interpolation not in modes:
        raise ValueError(f"its interpolation {layer.interpolation} cannot be expressed")
    scales = graph.constant([1, 1, *layer.size])
    given = graph.image(inputs[0]).name
    name = graph.add("Resize", given, "", scales, **modes[layer.interpolation])
    return Value(name, 4, True)


def _merged(operator: str) -> Express:
    """Return a function for a layer that merges inputs of the same number of dimensions."""

    def merged(graph: Graph, layer: Any, inputs: list[Value]) -> Value:
        if len({value.rank for value in inputs}) > 1:
            raise ValueError("its inputs differ in their number of dimensions")
        values = [graph.image(value) for value in inputs]
        name = values[0].name
        for value in values[1:]:
            name = graph.add(operator, name, value.name)
        return values[0]._replace(name=name)

    return merged


def _average(graph: Graph, layer: Any, inputs: list[Value]) -> Value:
    total = _merged("Add")(graph, layer, inputs)
    share = graph.constant(1 / len(inputs))
    return total._replace(name=graph.add("Mul", total.name, share))


def _concatenate(graph: Graph, layer: Any, inputs: list[Value]) -> Value:
    values = [graph.plain(value) for value in inputs]
    axis = layer.axis
    if axis in (-1, values[0].rank - 1):
        values, axis = [graph.image(value) for value in inputs], 1 if values[0].rank == 4 else -1
    name = graph.add("Concat", *(value.name for value in values), axis=axis)
    return values[0]._replace(name=name)


def _flatten(graph: Graph, layer: Any, inputs: list[Value]) -> Value:
    return Value(graph.add("Flatten", graph.plain(inputs[0]).name, axis=1), 2)


def _reshape(graph: Graph, layer: Any, inputs: list[Value]) -> Value:
    shape = [0, *layer.target_shape]  # 0 keeps the number of images
    name = graph.add("Reshape", graph.plain(inputs[0]).name, graph.constant(shape, np.int64))
    return Value(name, len(shape))


def _rescaled(graph: Graph, layer: Any, inputs: list[Value]) -> Value:
    value = graph.plain(inputs[0]) if np.ndim(layer.scale) or np.ndim(layer.offset) else inputs[0]
    scaled = graph.add("Mul", value.name, graph.constant(layer.scale))
    return value._replace(name=graph.add("Add", scaled, graph.constant(layer.offset)))


def _zero_padded(graph: Graph, layer: Any, inputs: list[Value]) -> Value:
    (top, bottom), (left, right) = layer.padding
    pads = graph.constant([0, 0, top, left, 0, 0, bottom, right], np.int64)
    return Value(graph.add("Pad", graph.image(inputs[0]).name, pads), 4, True)


def _cropped(graph: Graph, layer: Any, inputs: list[Value]) -> Value:
    (top, bottom), (left, right) = layer.cropping
    ends = [-end or np.iinfo(np.int64).max for end in (bottom, right)]
    parts = [graph.constant(part, np.int64) for part in ([top, left], ends, [2, 3])]
    return Value(graph.add("Slice", graph.image(inputs[0]).name, *parts), 4, True)


OPERATIONS = ("Add", "Maximum", "Minimum", "Multiply", "Subtract")
"""The operations, as in ``x + y``, that are expressed as the layers of the same names."""

LAYERS: dict[str, Express] = {
    "Activation": _activation,
    "Add": _merged("Add"),
    "Average": _average,
    "AveragePooling2D": _pooling("AveragePool", count_include_pad=0),
    "BatchNormalization": _normalized,
    "Concatenate": _concatenate,
    "Conv2D": onnx_convolutions.convolution,
    "Conv2DTranspose": onnx_convolutions.transposed,
    "Cropping2D": _cropped,
    "Dense": _dense,
    "DepthwiseConv2D": onnx_convolutions.depthwise,
    "Dropout": _same,
    "Flatten": _flatten,
    "GaussianDropout": _same,
    "GaussianNoise": _same,
    "GlobalAveragePooling2D": _global_pooling("ReduceMean"),
    "GlobalMaxPooling2D": _global_pooling("ReduceMax"),
    "Identity": _same,
    "LeakyReLU": _leaky_relu,
    "MaxPooling2D": _pooling("MaxPool"),
    "Maximum": _merged("Max"),
    "Minimum": _merged("Min"),
    "Multiply": _merged("Mul"),
    "PReLU": _prelu,
    "ReLU": _relu,
    "Rescaling": _rescaled,
    "Reshape": _reshape,
    "SeparableConv2D": onnx_convolutions.separable,
    "Softmax": _softmax,
    "SpatialDropout2D": _same,
    "Subtract": _merged("Sub"),
    "UpSampling2D": _up_sampling,
    "ZeroPadding2D": _zero_padded,
}
"""The layers that can be expressed, by the names of their classes."""
