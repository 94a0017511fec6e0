"""Keras files that are broken or hostile are refused; no code is run."""

import io
import json
import zipfile
from collections.abc import Callable

import keras
import pytest
from hypothesis import given
from hypothesis import strategies as st

from denoising.files.errors import UserError
from denoising.files.models import read_model, write_model
from denoising.networks import resnet
from tests.support.cases import fuzz

pytestmark = pytest.mark.usefixtures("deterministic")

CONFIG, WEIGHTS, METADATA = "config.json", "model.weights.h5", "metadata.json"


@pytest.fixture(scope="module")
def good(tmp_path_factory) -> bytes:
    """Return the bytes of a small classifier's file."""
    path = tmp_path_factory.mktemp("good") / "model.keras"
    write_model(path, resnet.build((None, None, 1), 10, width=4))
    return path.read_bytes()


def unpacked(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def packed(parts: dict[str, bytes], method: int = zipfile.ZIP_STORED) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return file.getvalue()


def with_part(name: str, change: Callable[[bytes], bytes], method: int = zipfile.ZIP_STORED):
    """Return a function that changes one part of a model's file."""

    def changed(content: bytes) -> bytes:
        parts = unpacked(content)
        return packed(parts | {name: change(parts.get(name, b""))}, method)

    return changed


def without(name: str):
    def changed(content: bytes) -> bytes:
        return packed({key: part for key, part in unpacked(content).items() if key != name})

    return changed


def with_layer(**values):
    """Return a function that replaces the first layer after the input."""

    def change(text: bytes) -> bytes:
        config = json.loads(text)
        config["config"]["layers"][1].update(values)
        return json.dumps(config).encode()

    return with_part(CONFIG, change)


def with_units(number: int):
    def change(text: bytes) -> bytes:
        config = json.loads(text)
        config["config"]["layers"][-1]["config"]["units"] = number
        return json.dumps(config).encode()

    return with_part(CONFIG, change)


def of_a_newer_keras(content: bytes) -> bytes:
    metadata = with_part(METADATA, lambda text: b'{"keras_version": "99.0"}')
    return metadata(with_layer(class_name="Conv2DOfTomorrow")(content))


BROKEN = {
    "empty": (lambda content: b"", "not a zip file"),
    "no zip": (lambda content: b"hello", "not a zip file"),
    "cut": (lambda content: content[: len(content) // 2], "not a zip file"),
    "no config": (without(CONFIG), "no item named 'config.json'"),
    "no weights": (without(WEIGHTS), "model.weights.h5"),
    "no metadata": (without(METADATA), "no item named 'metadata.json'"),
    "half a config": (with_part(CONFIG, lambda text: text[:99]), "Expecting value"),
    "half the weights": (with_part(WEIGHTS, lambda text: text[:9999]), "truncated file"),
    "other weights": (with_part(WEIGHTS, lambda text: b"hello"), "file signature not found"),
    "nested": (with_part(CONFIG, lambda text: b"[" * 10**5), "recursion"),
    "a list": (with_part(CONFIG, lambda text: b"[1]"), "saved with Keras"),
    "newer": (of_a_newer_keras, r"Conv2DOfTomorrow.*saved with Keras 99\.0"),
    "other shape": (with_units(7), "saved with Keras"),
    "enormous": (with_units(10**10), "OOM"),
    "lambda": (with_layer(class_name="Lambda"), "contains code, keras.layers.Lambda"),
    "graph": (with_layer(class_name="TFSMLayer"), "contains code, keras.layers.TFSMLayer"),
    "python": (
        with_layer(module="subprocess", class_name="Popen"),
        "contains code, subprocess.Popen, which is never run",
    ),
    "custom": (with_layer(module="some_package.layers"), "contains code, some_package.layers"),
    "bomb": (
        with_part("more", lambda text: bytes(2**28), zipfile.ZIP_DEFLATED),
        r"unpacks to 268,.* bytes",
    ),
    "bomb of weights": (
        with_part(WEIGHTS, lambda text: text + bytes(2**28), zipfile.ZIP_DEFLATED),
        r"unpacks to 268,.* bytes",
    ),
}


# TensorFlow waits ten seconds for memory before it reports that there is none.
SLOW = ("enormous",)


@pytest.mark.parametrize(
    "name",
    [pytest.param(name, marks=[pytest.mark.long] * (name in SLOW)) for name in BROKEN],
)
def test_a_model_that_cannot_be_trusted_is_refused(name, good, tmp_path):
    change, message = BROKEN[name]
    path = tmp_path / "model.keras"
    path.write_bytes(change(good))
    with pytest.raises(UserError, match=message) as failure:
        read_model(path)
    assert str(failure.value).startswith(f"{path} is not a complete .keras model: ")
    assert len(str(failure.value)) < 600
    assert [one.name for one in tmp_path.iterdir()] == ["model.keras"]


def test_a_real_lambda_and_a_registered_class_are_refused(tmp_path):
    ran = []

    @keras.saving.register_keras_serializable("tests")
    class Own(keras.layers.Layer):
        def call(self, inputs):
            ran.append("called")
            return inputs

    own = Own()
    doubled = keras.layers.Lambda(lambda values: 2 * values)
    for layer in (own, doubled):
        model = keras.Sequential([keras.Input((4,)), layer])
        ran.clear()
        model.save(tmp_path / "model.keras")
        with pytest.raises(UserError, match="contains code"):
            read_model(tmp_path / "model.keras")
        assert not ran


@fuzz("damaged models")
@given(st.data())
def test_any_damaged_bytes_of_a_model_are_refused_or_harmless(good, tmp_path_factory, data):
    path = tmp_path_factory.getbasetemp() / "model.keras"
    content = bytearray(good)
    for _ in range(data.draw(st.integers(1, 5))):
        place = data.draw(st.integers(0, len(content) - 1))
        content[place] ^= data.draw(st.integers(1, 255))
    cut = data.draw(st.one_of(st.none(), st.integers(0, len(content))))
    path.write_bytes(bytes(content[:cut]))
    try:
        model = read_model(path)
    except UserError as error:
        message = str(error)
    else:
        assert model.output.shape == (None, 10)
        return
    assert str(path) in message
