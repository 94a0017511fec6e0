"""Run a trained network, an ``.onnx`` file, with ONNX Runtime on the CPU."""

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import onnxruntime

from denoising.config.card import Card
from denoising.files.atomic import existing
from denoising.files.errors import UserError, first_line

Shape = tuple[int | None, ...]
"""The shape of one image or one result, with None for any size."""

LARGEST_FILE = 2**31 - 1  # bytes, of the format (protocol buffers)
PERIOD = 64  # pixels; a multiple of every stride that is supported
OUTPUTS = {"reconstruction", "classification"}
SILENT = 4  # ONNX Runtime's level of messages: nothing but the exceptions that it raises


@dataclass(frozen=True)
class Network:
    """A trained network, ready to run.

    Attributes
    ----------
    name : of the network that was trained.
    inputs : the shapes of ``noisy`` or another image, (H, W, C), and of ``level``, (1,), if it has
        a level input.
    outputs : the shapes of ``reconstruction``, (H, W, C), and ``classification``, (classes,); one
        of them or both.
    card : the description of its training data, if the file has one.
    """

    name: str
    inputs: dict[str, Shape]
    outputs: dict[str, Shape]
    card: Card | None
    parameters: int
    session: onnxruntime.InferenceSession
    _kept: dict[tuple[int, int], bool] = field(default_factory=dict)

    @property
    def image_shape(self) -> Shape:
        """The shape of its images, (H, W, C), with None for any height and width."""
        return self.inputs[self._image]

    @property
    def has_level(self) -> bool:
        """Whether it takes the noise level beside the image."""
        return "level" in self.inputs

    @property
    def _image(self) -> str:
        return next(name for name in self.inputs if name != "level")

    def count_params(self) -> int:
        """Return the number of its parameters, as Keras counts them."""
        return self.parameters

    def run(self, images: np.ndarray, levels: np.ndarray | None = None) -> dict[str, np.ndarray]:
        """Return its outputs, ``float32``, (N, …), for images, ``float32``, (N, H, W, C).

        Parameters
        ----------
        levels : (N, 1), for a network with a level input.

        Raises
        ------
        UserError
            The network cannot compute images of this shape.
        MemoryError
            There is too little memory.
        """
        given = {self._image: np.ascontiguousarray(images)}
        if levels is not None:
            given["level"] = levels
        try:
            found = self.session.run([*self.outputs], given)
        # ONNX Runtime has an exception for each kind of fault, without a common one.
        except Exception as error:
            if "allocat" in str(error):
                raise MemoryError(
                    f"the network {self.name} needs more for images of the shape {images.shape}"
                ) from None
            raise UserError(
                f"The network {self.name} cannot compute images of the shape "
                f"{images.shape[1:]}: {_reason(error)}"
            ) from None
        return dict(zip(self.outputs, map(np.asarray, found), strict=True))

    def keeps_size(self, height: int, width: int) -> bool:
        """Return whether it returns images of a height and width in the same size.

        It is tried out on a black image, of at most 127 pixels a side: larger sizes behave as the
        smaller ones that leave the same remainder.
        """
        fixed = self.image_shape[:2]
        if None not in fixed:
            return (height, width) == fixed == self.outputs["reconstruction"][:2]
        sides = _representative(height), _representative(width)
        if sides not in self._kept:
            image = np.zeros((1, *sides, self.image_shape[-1] or 1), np.float32)
            level = np.zeros((1, 1), np.float32) if self.has_level else None
            try:
                restored = self.run(image, level)["reconstruction"]
            except UserError:  # a skip connection between features of different size
                self._kept[sides] = False
            else:
                self._kept[sides] = restored.shape == image.shape
        return self._kept[sides]


def _representative(side: int) -> int:
    return side if side < 2 * PERIOD else PERIOD + side % PERIOD


def open_network(path: Path | str, threads: int = 0) -> Network:
    """Open an ``.onnx`` file.

    Parameters
    ----------
    threads : of the computation; 0 for one per core. The last bits of a result may depend on it.

    Raises
    ------
    UserError
        The file is damaged, of another format, or no network of this project.
    """
    path = existing(path)
    if path.stat().st_size > LARGEST_FILE:
        raise UserError(f"{path} is not an .onnx model: it has {path.stat().st_size:,} bytes.")
    return from_bytes(path.read_bytes(), path, threads)


def from_bytes(content: bytes, source: Path | str, threads: int = 0) -> Network:
    """Open the content of an ``.onnx`` file, called `source` in errors; see `open_network`."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.use_deterministic_compute = True
    # Threads that wait would otherwise compute nothing, at full speed, beside other programs.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    options.log_severity_level = SILENT
    try:
        session = onnxruntime.InferenceSession(
            content, options, providers=["CPUExecutionProvider"], enable_fallback=0
        )
        return _described(session)
    # ONNX Runtime reports damage in many ways.
    except Exception as error:
        raise UserError(
            f"{source} is not a complete .onnx model of this project: {_reason(error)}. "
            "`dvc repro` writes models to models/."
        ) from None


def _reason(error: Exception) -> str:
    """Return the message of an error without ONNX Runtime's codes in front."""
    return first_line(error).removeprefix("[ONNXRuntimeError] : ").rpartition(" : ")[-1]


def _shape(value: onnxruntime.NodeArg) -> Shape:
    """Return the shape of an input or output, with None for any size."""
    if value.type != "tensor(float)":
        raise ValueError(f"{value.name} is a {value.type}")
    return tuple(side if isinstance(side, int) else None for side in value.shape)


def _described(session: onnxruntime.InferenceSession) -> Network:
    """Return the network of a session; raise `ValueError` if it is none of this project."""
    properties = session.get_modelmeta().custom_metadata_map
    inputs, outputs = (
        {value.name: _shape(value) for value in values}
        for values in (session.get_inputs(), session.get_outputs())
    )
    images = [name for name in inputs if name != "level"]
    ranks = {name: len(shape) for name, shape in (inputs | outputs).items()}
    expected = {name: {"level": 2, "classification": 2}.get(name, 4) for name in ranks}
    if len(images) != 1 or not outputs or outputs.keys() - OUTPUTS or ranks != expected:
        raise ValueError(f"found the inputs {inputs} and the outputs {outputs}")
    card = properties.get("card")
    return Network(
        name=properties.get("name", "network"),
        inputs={name: shape[1:] for name, shape in inputs.items()},
        outputs={name: shape[1:] for name, shape in outputs.items()},
        card=Card.model_validate_json(card) if card else None,
        parameters=int(properties.get("parameters", 0)),
        session=session,
    )
