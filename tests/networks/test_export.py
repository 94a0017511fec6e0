"""Networks as ``.onnx`` files: what Keras computes, and the same bytes each time."""

import hashlib
import os
import subprocess
import sys
from functools import cache
from typing import NamedTuple

import keras
import numpy as np
import onnx
import pytest
from keras import layers

from denoising.files.errors import UserError
from denoising.files.models import read_model, write_model
from denoising.inference.engine import Network, from_bytes
from denoising.inference.work import multiply_adds
from denoising.networks import (
    complexity,
    joint,
    model_inputs,
    photo_unet,
    residual_unet,
    resnet,
    simple,
)
from denoising.networks.inputs import padding
from denoising.training.export import to_onnx
from tests.networks.conftest import CARD
from tests.support.dag import ROOT
from tests.support.exports import NETWORKS, assert_equal, trained
from tests.support.learning import runnable


class Exported(NamedTuple):
    """A network for images of any size, with weights as after a training, and its export."""

    model: keras.Model
    content: bytes
    network: Network


@cache
def exported(name: str, channels: int = 1) -> Exported:
    model = trained(NETWORKS[name]((None, None, channels)))
    content = to_onnx(model)
    return Exported(model, content, from_bytes(content, model.name, threads=2))


@pytest.mark.parametrize("name", NETWORKS)
@pytest.mark.parametrize("channels", [1, 3])
def test_a_network_computes_what_keras_computes(name, channels):
    model, _, network = exported(name, channels)
    assert_equal(model, (1, 28, 28), (5, 36, 20), (2, 12, 44), network=network)


@pytest.mark.parametrize("name", ["dncnn", "resnet"])
def test_a_network_without_strides_to_undo_takes_odd_sizes(name):
    model, _, network = exported(name)
    assert_equal(model, (3, 29, 31), (3, 5, 8), (3, 17, 66), network=network)


@pytest.mark.parametrize("name", NETWORKS)
def test_the_multiply_adds_are_those_of_the_keras_model(name, tmp_path):
    path, shape = tmp_path / "model.onnx", (28, 28, 1)
    path.write_bytes(exported(name).content)
    assert multiply_adds(path, shape) == complexity.multiply_adds(NETWORKS[name](shape))


def test_a_network_for_one_size_keeps_it():
    model = trained(simple.build((28, 28, 1), 10))
    assert_equal(model, (3, 28, 28))
    assert runnable(model).image_shape == (28, 28, 1)
    with pytest.raises(UserError, match=r"simple cannot compute images of the shape \(29, 28, 1\)"):
        runnable(model).run(np.zeros((1, 29, 28, 1), np.float32))


@pytest.mark.parametrize(
    "name", [name for name in NETWORKS if "resnet" not in name and name != "joint"]
)
def test_images_are_padded_as_in_training(name):
    model, _, network = exported(name)
    for size in ((28, 28), (29, 27), (30, 64), (31, 33), (67, 36), (130, 131)):
        shape = (*size, 1)
        expected = model_inputs.padding(model, shape)
        assert padding(network.keeps_size, shape, network.name) == expected, size


def test_the_file_describes_the_network():
    model = joint.build((None, None, 3), 7, residual_unet, {"width": 8})
    network = runnable(model, CARD)
    assert network.name == "joint"
    assert network.count_params() == model.count_params()
    assert network.card == CARD
    assert network.inputs == {"noisy": (None, None, 3)}
    assert network.outputs == {"classification": (7,), "reconstruction": (None, None, 3)}
    assert runnable(photo_unet.build((None, None, 1), level_input=True)).has_level
    graph = onnx.load_from_string(to_onnx(model)).graph
    sizes = [one.dim_param for one in graph.input[0].type.tensor_type.shape.dim]
    assert sizes == ["batch", "height", "width", ""]


PROGRAM = """
import hashlib, sys
import stages
from denoising.files.models import read_model
from denoising.training.export import to_onnx
print(*(hashlib.md5(to_onnx(read_model(path))).hexdigest() for path in sys.argv[1:]))
"""


@pytest.mark.long
def test_the_same_model_is_the_same_bytes_in_every_process(tmp_path):
    names = ("joint", "photo_unet with a level")
    models = {name: exported(name).model for name in names}
    for name, model in models.items():
        write_model(tmp_path / f"{name}.keras", model)
        assert to_onnx(model, CARD.model_dump()) == to_onnx(model, CARD.model_dump())
    paths = [tmp_path / f"{name}.keras" for name in names]
    here = [hashlib.md5(to_onnx(read_model(path))).hexdigest() for path in paths]
    command = [sys.executable, "-c", PROGRAM, *reversed(paths)]
    variables = os.environ | {"PYTHONHASHSEED": "1"}  # that of this process is random
    done = subprocess.run(command, cwd=ROOT, env=variables, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == here[::-1]


def test_a_model_trained_in_bfloat16_computes_in_float32(images):
    keras.config.set_dtype_policy("mixed_bfloat16")
    try:
        model = resnet.build((28, 28, 1), 10, width=8)
    finally:
        keras.config.set_dtype_policy("float32")
    exact = keras.models.clone_model(resnet.build((28, 28, 1), 10, width=8))
    exact.set_weights(model.get_weights())
    found = runnable(model).run(images)["classification"]
    assert np.allclose(found, exact.predict(images, verbose=0), atol=1e-5)


def test_a_network_from_elsewhere_needs_the_names_of_this_project():
    image = keras.Input((8, 8, 1), name="noisy")
    mask = keras.Input((8, 8, 1), name="mask")
    model = keras.Model([image, mask], layers.Add()([image, mask]))
    with pytest.raises(UserError, match=r"other\.onnx is not .*found the inputs"):
        from_bytes(to_onnx(model), "other.onnx")
