"""An ONNX graph under construction.

ONNX puts channels before height and width, Keras after them. Images are transposed where a layer
needs the other order: at the inputs, at the outputs, and around layers that do not work on images.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

import keras
import numpy as np
from onnx import NodeProto, TensorProto, helper, numpy_helper

TO_CHANNELS_FIRST, TO_CHANNELS_LAST = [0, 3, 1, 2], [0, 2, 3, 1]


class Value(NamedTuple):
    """A tensor of the graph: its name, its number of dimensions, and the order of an image."""

    name: str
    rank: int
    channels_first: bool = False


class Graph:
    """The nodes and constants of a graph, named after their layers."""

    def __init__(self) -> None:
        self.nodes: list[NodeProto] = []
        self.constants: list[TensorProto] = []
        self.layer = ""

    def constant(self, values: Any, dtype: type = np.float32) -> str:
        """Add an array; return its name."""
        name = f"{self.layer}/constant_{len(self.constants)}"
        self.constants.append(numpy_helper.from_array(np.asarray(values, dtype), name))
        return name

    def add(self, operator: str, *inputs: str, **attributes: Any) -> str:
        """Add a node with one output; return the output's name."""
        name = f"{self.layer}/{operator}_{len(self.nodes)}"
        self.nodes.append(helper.make_node(operator, [*inputs], [name], name, **attributes))
        return name

    def image(self, value: Value) -> Value:
        """Return a tensor with its channels first, if it has height and width."""
        if value.rank != 4 or value.channels_first:
            return value
        return Value(self.add("Transpose", value.name, perm=TO_CHANNELS_FIRST), 4, True)

    def plain(self, value: Value) -> Value:
        """Return a tensor in the order of Keras."""
        if not value.channels_first:
            return value
        return Value(self.add("Transpose", value.name, perm=TO_CHANNELS_LAST), 4)


def weights(variable: Any) -> np.ndarray:
    """Return the values of a variable of Keras."""
    return np.asarray(keras.ops.convert_to_numpy(variable))


def activated(graph: Graph, value: Value, function: Callable) -> Value:
    """Apply an activation function of Keras."""
    name, given = getattr(function, "__name__", str(function)), value.name
    if getattr(keras.activations, name, None) is not function:
        raise ValueError(f"the activation function {name} is not one of Keras's own")
    match name:
        case "linear":
            return value
        case "silu":
            result = graph.add("Mul", given, graph.add("Sigmoid", given))
        case "gelu":
            scaled = graph.add("Mul", given, graph.constant(np.sqrt(0.5)))
            chance = graph.add("Add", graph.add("Erf", scaled), graph.constant(1))
            half = graph.add("Mul", given, graph.constant(0.5))
            result = graph.add("Mul", half, chance)
        case "softmax":
            result = graph.add("Softmax", given, axis=1 if value.channels_first else -1)
        case "leaky_relu":
            result = graph.add("LeakyRelu", given, alpha=0.2)
        case _ if name in ACTIVATIONS:
            result = graph.add(ACTIVATIONS[name], given)
        case _:
            raise ValueError(f"the activation function {name} cannot be expressed")
    return value._replace(name=result)


ACTIVATIONS = {
    "relu": "Relu",
    "sigmoid": "Sigmoid",
    "tanh": "Tanh",
    "elu": "Elu",
    "selu": "Selu",
    "softplus": "Softplus",
    "softsign": "Softsign",
    "exponential": "Exp",
}
