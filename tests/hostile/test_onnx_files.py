"""``.onnx`` files that are broken, hostile or of other data are refused."""

import contextlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from onnx import ModelProto, NodeProto, TensorProto, helper, numpy_helper

from denoising.files.errors import UserError
from denoising.inference.engine import LARGEST_FILE, open_network
from denoising.networks import joint, residual_unet, resnet
from denoising.training.export import to_onnx, write_onnx
from stages._images import Images
from stages._models import read_network
from tests.support.cases import fuzz
from tests.support.damage import damaged, explained

pytestmark = pytest.mark.usefixtures("deterministic")


@pytest.fixture(scope="module")
def good(deterministic) -> bytes:
    """Return the bytes of a small classifier's file."""
    return to_onnx(resnet.build((None, None, 1), 10, width=4))


def graph(nodes: list[NodeProto], weights: tuple[TensorProto, ...] = (), **options: Any) -> bytes:
    """Return a file with one input, `noisy`, and one output, `reconstruction`."""
    shape = ["batch", "height", "width", 1]
    ends = [
        helper.make_tensor_value_info(name, TensorProto.FLOAT, shape)
        for name in ("noisy", "reconstruction")
    ]
    versions = {"": options.pop("opset", 17)} | options.pop("domains", {})
    return helper.make_model(
        helper.make_graph(nodes, "graph", ends[:1], ends[1:], weights),
        opset_imports=[helper.make_opsetid(*version) for version in versions.items()],
        ir_version=options.pop("ir_version", 8),
    ).SerializeToString()


def node(operator: str, *inputs: str, **attributes: Any) -> NodeProto:
    return helper.make_node(operator, [*inputs], ["reconstruction"], **attributes)


def outside(path: str) -> bytes:
    """Return a file whose weights lie in another one."""
    tensor = TensorProto(name="weight", data_type=TensorProto.FLOAT, dims=[1])
    tensor.data_location = TensorProto.EXTERNAL
    for key, value in (("location", path), ("offset", "0"), ("length", "4")):
        tensor.external_data.add(key=key, value=value)
    return graph([node("Add", "noisy", "weight")], (tensor,))


def enormous() -> bytes:
    """Return a small file that asks for 40 TB."""
    size = numpy_helper.from_array(np.array([10**13]), "size")
    fill = helper.make_node("ConstantOfShape", ["size"], ["filled"])
    total = helper.make_node("ReduceSum", ["filled"], ["total"])
    return graph([fill, total, node("Add", "noisy", "total")], (size,))


def lying() -> bytes:
    tensor = TensorProto(name="weight", data_type=TensorProto.FLOAT, dims=[10**7, 10**7])
    tensor.raw_data = b"1234"
    return graph([node("Add", "noisy", "weight")], (tensor,))


def changed(change: Callable[[ModelProto], object]) -> Callable[[bytes], bytes]:
    """Return a function that changes the description of a file."""

    def with_change(content: bytes) -> bytes:
        model = ModelProto.FromString(content)
        change(model)
        return model.SerializeToString()

    return with_change


def of_integers(model: ModelProto) -> None:
    model.graph.input[0].type.tensor_type.elem_type = TensorProto.INT64


def with_card(text: str) -> Callable[[bytes], bytes]:
    return changed(lambda model: helper.set_model_props(model, {"card": text}))


RELU = [node("Relu", "noisy")]
BROKEN: dict[str, tuple[Callable[[bytes], bytes], str]] = {
    "empty": (lambda good: b"", "."),
    "words": (lambda good: b"hello", "."),
    "cut": (lambda good: good[: len(good) // 2], "."),
    "a Keras file": (lambda good: b"PK\x03\x04" + good, "."),
    "no nodes": (lambda good: graph([]), "."),
    "weights outside": (lambda good: outside("../secret.bin"), "escapes"),
    "weights anywhere": (lambda good: outside("/etc/hostname"), "Absolute path"),
    "weights beside": (lambda good: outside("weights.bin"), "."),
    "weights in memory": (lambda good: outside("*/_ORT_MEM_ADDR_/*"), "."),
    "an unknown operator": (
        lambda good: graph([node("Evil", "noisy", domain="com.evil")], domains={"com.evil": 1}),
        "com.evil:Evil.* is not a registered",
    ),
    "a newer version": (lambda good: graph(RELU, opset=99), "."),
    "a newer format": (lambda good: graph(RELU, ir_version=99), "."),
    "lying about its size": (lambda good: lying(), "declares a size of"),
    "of integers": (changed(of_integers), "."),
    "two images": (
        changed(lambda model: model.graph.input.add().CopyFrom(model.graph.input[0])),
        ".",
    ),
    "another output": (
        lambda good: graph(RELU).replace(b"reconstruction", b"reconstructinn"),
        r"found the inputs .*reconstructinn",
    ),
    "half a card": (with_card('{"dataset": '), "Invalid JSON|validation error"),
    "another card": (with_card('{"dataset": 3}'), "validation error"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_file_that_cannot_be_trusted_is_refused(name, good, tmp_path, monkeypatch, capfd):
    (tmp_path / "secret.bin").write_bytes(b"1234")
    (tmp_path / "weights.bin").write_bytes(b"1234")
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")
    change, message = BROKEN[name]
    Path("model.onnx").write_bytes(change(good))
    with pytest.raises(UserError, match=message) as failure:
        open_network("model.onnx")
    assert str(failure.value).startswith("model.onnx is not a complete .onnx model")
    assert len(str(failure.value)) < 600
    assert capfd.readouterr() == ("", "")


def test_a_network_that_asks_for_too_much_memory_ends_with_its_error(tmp_path):
    path = tmp_path / "model.onnx"
    path.write_bytes(enormous())
    network = open_network(path)
    with pytest.raises(MemoryError, match=r"needs more for images of the shape \(1, 4, 4, 1\)"):
        network.run(np.zeros((1, 4, 4, 1), np.float32))


def test_a_file_beyond_the_format_is_refused_unread(tmp_path):
    path = tmp_path / "model.onnx"
    with path.open("wb") as file:
        file.truncate(LARGEST_FILE + 1)
    with pytest.raises(UserError, match=r"it has 2,147,483,648 bytes"):
        open_network(path)


@fuzz("damaged models")
@given(st.data())
def test_any_damaged_bytes_of_a_file_are_refused_or_harmless(good, tmp_path_factory, data):
    path = tmp_path_factory.getbasetemp() / "model.onnx"
    path.write_bytes(data.draw(damaged(good)))
    network = explained(open_network, path)
    if network:
        with contextlib.suppress(UserError):
            network.run(np.zeros((1, 12, 12, 1), np.float32))


@pytest.fixture
def images() -> Images:
    """Return nine images of ten classes."""
    return Images(np.zeros((9, 28, 28, 1), np.uint8), np.zeros(9, np.int64), 10)


def networks(channels: int, classes: int) -> dict[str, keras.Model]:
    return {
        "classifier_clean": resnet.build((None, None, channels), classes, width=4),
        "autoencoder": residual_unet.build((None, None, channels), width=4, blocks=1),
        "joint": joint.build((None, None, channels), classes, residual_unet, {"width": 4}),
    }


@pytest.mark.parametrize(
    ("wrong", "refused"),
    [
        ({"channels": 3, "classes": 10}, ["classifier_clean", "autoencoder", "joint"]),
        ({"channels": 1, "classes": 12}, ["classifier_clean", "joint"]),
        ({"channels": 1, "classes": 10}, []),
    ],
)
def test_a_model_of_other_data_is_refused(wrong, refused, images, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name, model in networks(**wrong).items():
        write_onnx(Path("models", f"{name}.onnx"), model)
        if name not in refused:
            network = read_network(name, images, threads=3)
            assert network.count_params() == model.count_params()
            assert network.session.get_session_options().intra_op_num_threads == 3
            continue
        message = rf"models/{name}\.onnx does not fit the images.*`dvc repro`"
        with pytest.raises(UserError, match=message):
            read_network(name, images, 2)


def test_a_model_of_another_kind_and_of_another_size_is_refused(images, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    found = networks(1, 10)
    write_onnx("models/classifier_clean.onnx", found["autoencoder"])
    write_onnx("models/joint.onnx", found["classifier_clean"])
    write_onnx("models/autoencoder.onnx", residual_unet.build((32, 32, 1), width=4, blocks=1))
    for name in found:
        with pytest.raises(UserError, match=rf"models/{name}\.onnx does not fit the images"):
            read_network(name, images, 2)
