"""Keras models as ``.onnx`` files, which run without Keras: the same bytes for the same model.

Keras's own export (3.15, by way of tf2onnx 1.17) gives other bytes in every process, as the order
of its nodes follows from hashes; computes transposed convolutions wrongly whose strides are wider
than their kernels; and cannot trace an interpolating `UpSampling2D` for images of any size.
"""

import contextlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import keras
from onnx import TensorProto, ValueInfoProto, helper

from denoising.files.atomic import replacing
from denoising.files.errors import UserError
from denoising.files.models import in_float32
from denoising.training.onnx_graph import Graph, Value
from denoising.training.onnx_layers import check, express

OPSET, FORMAT = 17, 8  # of 2022, so that older runtimes read them too
SIZES = ("batch", "height", "width")
"""The names of the dimensions that may have any size, by their position."""
OUTPUTS = {4: "reconstruction", 2: "classification"}
"""The name of a single output, by its number of dimensions."""


def write_onnx(path: Path | str, model: keras.Model, card: dict | None = None) -> None:
    """Write a Keras model as an ``.onnx`` file; see `to_onnx`."""
    content = to_onnx(model, card)
    with replacing(path) as partial:
        partial.write_bytes(content)


def to_onnx(model: keras.Model, card: dict | None = None) -> bytes:
    """Return a Keras model as an ONNX file.

    It computes in ``float32``, for any number of images. Inputs and several outputs keep their
    names; a single output is called ``reconstruction``, images (N, H, W, C), or
    ``classification``, logits (N, classes). The metadata hold the model's name, its number of
    parameters and the `card`, as JSON.

    Raises
    ------
    UserError
        ONNX cannot express a layer of the model.
    """
    for layer in model.layers:
        with _naming(model, layer):
            if not isinstance(layer, keras.layers.InputLayer):
                check(layer)
    graph, copy = Graph(), _functional(in_float32(model))
    found = _expressed(graph, copy)
    named: Any = copy.output if isinstance(copy.output, dict) else {}
    outputs = []
    graph.layer = "outputs"
    for name, value in found.items():
        graph.nodes.append(helper.make_node("Identity", [graph.plain(value).name], [name], name))
        outputs.append(_tensor(name, named.get(name, copy.outputs[0])))
    content = helper.make_model(
        helper.make_graph(
            graph.nodes,
            model.name,
            [_tensor(given.name, given) for given in copy.inputs],
            outputs,
            graph.constants,
        ),
        opset_imports=[helper.make_opsetid("", OPSET)],
        ir_version=FORMAT,
    )
    metadata = {"name": model.name, "parameters": str(model.count_params())}
    if card:
        metadata["card"] = json.dumps(card, ensure_ascii=False, sort_keys=True)
    helper.set_model_props(content, metadata)
    return content.SerializeToString(deterministic=True)


def _functional(model: keras.Model) -> keras.Model:
    """Return a model as a graph of its layers, which a `Sequential` is not."""
    if not isinstance(model, keras.Sequential):
        return model
    return keras.Model(model.inputs, model.outputs[0], name=model.name)


def _expressed(graph: Graph, model: keras.Model) -> dict[str, Value]:
    """Add every layer of a model to a graph; return its outputs."""
    # Keras calls each layer in order with symbolic tensors, by whose identity values are found.
    values: dict[int, Value] = {}
    kept: list[Any] = []  # alive, as an identity may be used again

    def call(layer: keras.Layer, *arguments: Any, **options: Any) -> Any:
        result = layer(*arguments, **options)
        given = keras.tree.flatten(arguments)
        for tensor in given:
            if id(tensor) not in values:
                values[id(tensor)] = Value(tensor.name, len(tensor.shape))
        with _naming(model, layer):
            values[id(result)] = express(graph, layer, [values[id(tensor)] for tensor in given])
        kept.extend((result, given))
        return result

    copy = keras.models.clone_model(model, call_function=call, clone_function=lambda one: one)
    outputs = copy.output if isinstance(copy.output, dict) else {"": copy.outputs[0]}
    return {
        name or OUTPUTS.get(len(tensor.shape), "output"): values[id(tensor)]
        for name, tensor in outputs.items()
    }


@contextlib.contextmanager
def _naming(model: keras.Model, layer: keras.Layer) -> Iterator[None]:
    """Turn the error of a layer that cannot be expressed into a `UserError` that names it."""
    try:
        yield
    except ValueError as error:
        raise UserError(
            f"The network {model.name} cannot be written as ONNX, from which it is evaluated, "
            f"because of its layer {layer.name} ({type(layer).__name__}): {error}. Use another one."
        ) from None


def _tensor(name: str, tensor: Any) -> ValueInfoProto:
    """Return the description of an input or output."""
    shape = [side or SIZES[place] for place, side in enumerate(tensor.shape)]
    return helper.make_tensor_value_info(name, TensorProto.FLOAT, shape)
