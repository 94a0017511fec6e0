"""The work of a trained network: the multiply-adds of its convolutions and dense layers."""

import json
import math
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import onnxruntime

from denoising.inference.engine import SILENT, open_network
from denoising.networks.inputs import padding

Shapes = list[list[int]]
"""The shapes of the inputs or outputs of an operator."""


def multiply_adds(path: Path, image_shape: tuple[int, int, int]) -> int:
    """Return the multiply-adds of a network for one image, (H, W, C), padded to its stride.

    They are counted in ONNX Runtime's own record of a run on a black image, so that any network
    that runs has a count; it is that of `denoising.networks.complexity`.

    Parameters
    ----------
    path : of the ``.onnx`` file.
    """
    network, (height, width, channels) = open_network(path, threads=1), image_shape
    if "reconstruction" in network.outputs:
        rows, columns = padding(network.keeps_size, image_shape, network.name)
        height, width = height + rows, width + columns
    black = np.zeros((1, height, width, channels), np.float32)
    level = np.zeros((1, 1), np.float32)
    inputs = {name: level if name == "level" else black for name in network.inputs}
    return sum(
        _work(operator, *shapes) for operator, *shapes in _operators(path.read_bytes(), inputs)
    )


def _operators(
    content: bytes, inputs: dict[str, np.ndarray]
) -> Iterator[tuple[str, Shapes, Shapes]]:
    """Run a network; yield each operator with the shapes of its inputs and its outputs."""
    options = onnxruntime.SessionOptions()
    options.enable_profiling = True
    options.log_severity_level = SILENT
    options.intra_op_num_threads = 1
    # Otherwise operators are fused, and kernels repacked: their shapes would be others, or missing.
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    options.add_session_config_entry("session.disable_prepacking", "1")
    with TemporaryDirectory() as folder:
        options.profile_file_prefix = str(Path(folder) / "run")
        session = onnxruntime.InferenceSession(content, options, ["CPUExecutionProvider"])
        session.run(None, inputs)
        events = json.loads(Path(session.end_profiling()).read_text("utf-8"))
    for event in events:
        record: dict[str, Any] = event.get("args", {})
        if "output_type_shape" in record:
            shapes = (record[f"{side}_type_shape"] for side in ("input", "output"))
            before, after = ([next(iter(one.values())) for one in side] for side in shapes)
            yield record["op_name"], before, after


def _work(operator: str, inputs: Shapes, outputs: Shapes) -> int:
    """Return the multiply-adds of an operator; images have their channels before the height."""
    if operator == "Conv":
        return math.prod(inputs[1]) * math.prod(outputs[0][2:])
    if operator == "ConvTranspose":  # it applies its kernel at each pixel of its input
        return math.prod(inputs[1]) * math.prod(inputs[0][2:])
    if operator in ("MatMul", "Gemm"):
        return math.prod(outputs[0]) * inputs[0][-1]
    return 0
