"""Convolutions of Keras as ONNX operators: plain, depthwise, separable and transposed."""

from typing import Any

import numpy as np

from denoising.training.onnx_graph import Graph, Value, activated, weights


def padding(layer: Any) -> dict[str, str]:
    """Return the attribute of a convolution or pooling for its padding."""
    return {"auto_pad": {"same": "SAME_UPPER", "valid": "VALID"}[layer.padding]}


def _with_bias(graph: Graph, layer: Any, *inputs: str, **attributes: Any) -> Value:
    """Add a convolution, its bias and its activation."""
    bias = [graph.constant(weights(layer.bias))] if layer.use_bias else []
    name = graph.add("Conv", *inputs, *bias, **attributes)
    return activated(graph, Value(name, 4, True), layer.activation)


def _strides(layer: Any) -> dict[str, Any]:
    """Return the attributes of a convolution for strides, dilation and padding."""
    if max(layer.strides) > 1 and max(layer.dilation_rate) > 1:
        raise ValueError("its strides and dilation_rate cannot be expressed together")
    found = {"strides": [*layer.strides], "dilations": [*layer.dilation_rate]}
    if layer.padding == "valid" or {*layer.dilation_rate} == {1}:
        return found | padding(layer)
    # ONNX Runtime cannot pad a dilated convolution by itself.
    spans = zip(layer.kernel_size, layer.dilation_rate, strict=True)
    cut = [(size - 1) * dilation for size, dilation in spans]
    return found | {"pads": _both_sides(cut)}


def _both_sides(total: list[int]) -> list[int]:
    """Return pixels at the upper and left, then at the lower and right edges."""
    return [one // 2 for one in total] + [one - one // 2 for one in total]


def convolution(graph: Graph, layer: Any, inputs: list[Value]) -> Value:
    """Express a convolution."""
    kernel = graph.constant(weights(layer.kernel).transpose(3, 2, 0, 1))
    given = graph.image(inputs[0]).name
    return _with_bias(graph, layer, given, kernel, group=layer.groups, **_strides(layer))


def _depthwise_kernel(kernel: np.ndarray) -> np.ndarray:
    """Return a kernel, (H, W, channels, multiplier), as (channels times multiplier, 1, H, W)."""
    height, width, *_ = kernel.shape
    return kernel.transpose(2, 3, 0, 1).reshape(-1, 1, height, width)


def depthwise(graph: Graph, layer: Any, inputs: list[Value]) -> Value:
    """Express a depthwise convolution."""
    kernel = weights(layer.kernel)
    name = graph.constant(_depthwise_kernel(kernel))
    given = graph.image(inputs[0]).name
    return _with_bias(graph, layer, given, name, group=kernel.shape[2], **_strides(layer))


def separable(graph: Graph, layer: Any, inputs: list[Value]) -> Value:
    """Express a depthwise convolution followed by one of 1×1 pixels."""
    kernel = weights(layer.depthwise_kernel)
    name = graph.constant(_depthwise_kernel(kernel))
    given = graph.image(inputs[0]).name
    each = graph.add("Conv", given, name, group=kernel.shape[2], **_strides(layer))
    pointwise = graph.constant(weights(layer.pointwise_kernel).transpose(3, 2, 0, 1))
    return _with_bias(graph, layer, each, pointwise)


def transposed(graph: Graph, layer: Any, inputs: list[Value]) -> Value:
    """Express a transposed convolution."""
    if layer.output_padding is not None or {*layer.dilation_rate} != {1}:
        raise ValueError("its output_padding and dilation_rate cannot be expressed")
    extra = [size - stride for size, stride in zip(layer.kernel_size, layer.strides, strict=True)]
    cut = [max(0, one) if layer.padding == "same" else 0 for one in extra]
    bias = [graph.constant(weights(layer.bias))] if layer.use_bias else []
    name = graph.add(
        "ConvTranspose",
        graph.image(inputs[0]).name,
        graph.constant(weights(layer.kernel).transpose(3, 2, 0, 1)),
        *bias,
        strides=[*layer.strides],
        pads=_both_sides(cut),
        output_padding=[max(0, -one) for one in extra],
    )
    return activated(graph, Value(name, 4, True), layer.activation)
