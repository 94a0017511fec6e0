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
import numpy as np
import onnxruntime
from onnx import TensorProto, ValueInfoProto, helper

from denoising.files.atomic import replacing
from denoising.files.errors import UserError, first_line
from denoising.files.models import in_float32
from denoising.training.onnx_graph import Graph, Value
from denoising.training.onnx_layers import check, express

OPSET, FORMAT = 17, 8  # of 2022, so that older runtimes read them too
TOLERANCE, SIDE = 1e-4, 64  # of results, relative; pixels of the images of a check
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
    if len(copy.outputs) > 1 and not isinstance(copy.output, dict):
        raise UserError(
            f"The network {model.name} has several outputs without names. Return them as a dict, "
            "such as {'reconstruction': …, 'classification': …}."
        )
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


def check_export(model: keras.Model) -> None:
    """Check that a model can be written as ONNX, and that its results are those of Keras.

    Raises
    ------
    UserError
        ONNX cannot express a layer of the model, or computes something else.
    """
    content, copy = to_onnx(model), _functional(in_float32(model))
    random = np.random.default_rng(0)
    given = {
        one.name: random.random(
            [side or (SIDE if place else 2) for place, side in enumerate(one.shape)], np.float32
        )
        for one in copy.inputs
    }
    expected = copy(given if len(given) > 1 else next(iter(given.values())), training=False)
    try:
        session = onnxruntime.InferenceSession(content, providers=["CPUExecutionProvider"])
        names = [one.name for one in session.get_outputs()]
        found: dict[str, Any] = dict(zip(names, session.run(names, given), strict=True))
    # ONNX Runtime has an exception for each kind of fault, without a common one.
    except Exception as error:
        raise UserError(
            f"The network {model.name}, written as ONNX, cannot be run: {first_line(error)}. "
            "Use other layers or options."
        ) from None
    parts: dict[str, Any] = expected if isinstance(expected, dict) else {names[0]: expected}
    for name, values in found.items():
        right: Any = keras.ops.convert_to_numpy(parts[name])
        wrong = np.abs(values - right).max() if values.shape == right.shape else np.inf
        if not wrong <= TOLERANCE * max(1, np.abs(right).max()):
            raise UserError(
                f"The network {model.name}, written as ONNX, does not compute what Keras does: its "
                f"{name} differs by {wrong:.1g}. Use other layers or options."
            )


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

    for tensor in model.inputs:
        values[id(tensor)] = Value(tensor.name, len(tensor.shape))

    def call(layer: keras.Layer, *arguments: Any, **options: Any) -> Any:
        result = layer(*arguments, **options)
        if not options.get("training"):  # as it is run
            options.pop("training", None)
        given = [one for one in keras.tree.flatten((arguments, options)) if one is not None]
        with _naming(model, layer):
            if not all(isinstance(one, keras.KerasTensor) for one in given):
                raise ValueError("a number or an option in its call cannot be expressed")
            for tensor in given:
                if id(tensor) not in values:
                    values[id(tensor)] = Value(tensor.name, len(tensor.shape))
            values[id(result)] = express(graph, layer, [values[id(tensor)] for tensor in given])
        kept.extend((result, given))
        return result

    copy = keras.models.clone_model(model, call_function=call, clone_function=lambda one: one)
    outputs = copy.output if isinstance(copy.output, dict) else {"": copy.outputs[0]}
    if any(id(tensor) not in values for tensor in outputs.values()):
        raise UserError(f"The network {model.name} returns its input unchanged. Add a layer.")
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
