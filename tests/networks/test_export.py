"""Networks as ``.onnx`` files: what Keras computes, and the same bytes each time."""

import os
import subprocess
import sys
from collections.abc import Callable

import keras
import numpy as np
import onnx
import pytest
from keras import layers

from denoising.files.errors import UserError
from denoising.files.models import write_model
from denoising.inference.engine import from_bytes
from denoising.networks import (
    dncnn,
    joint,
    model_inputs,
    photo_unet,
    pooled,
    residual_unet,
    resnet,
    shallow,
    simple,
    transposed,
    unet,
)
from denoising.networks.inputs import padding
from denoising.networks.tensors import ImageShape
from denoising.training import onnx_layers
from denoising.training.export import check_export, to_onnx
from denoising.training.onnx_layers import LAYERS
from tests.networks.conftest import CARD
from tests.support.dag import ROOT
from tests.support.learning import runnable, without_zeros

NETWORKS = {
    "dncnn": dncnn.build,
    "photo_unet": photo_unet.build,
    "photo_unet with a level": lambda shape: photo_unet.build(shape, level_input=True),
    "pooled": pooled.build,
    "residual_unet": residual_unet.build,
    "residual_unet with a level": lambda shape: residual_unet.build(shape, level_input=True),
    "shallow": shallow.build,
    "transposed": transposed.build,
    "unet": unet.build,
    "resnet": lambda shape: resnet.build(shape, 7),
    "joint": lambda shape: joint.build(shape, 7, residual_unet, {}),
    "joint without skips": lambda shape: joint.build(shape, 7, pooled, {}),
}


def trained(model: keras.Model) -> keras.Model:
    """Give a model weights as after a training: nothing is 0, or 1, or the same everywhere."""
    random = np.random.default_rng(0)
    for weight in without_zeros(model).weights:
        values = weight.numpy()
        weight.assign(values + random.uniform(0.01, 0.1, values.shape))
    return model


def given(model: keras.Model, number: int, height: int, width: int) -> dict[str, np.ndarray]:
    """Return random inputs of a model."""
    random = np.random.default_rng(1)
    shapes = {one.name: one.shape for one in model.inputs}
    return {
        name: random.random(
            (number, 1) if name == "level" else (number, height, width, shape[-1])
        ).astype(np.float32)
        for name, shape in shapes.items()
    }


def assert_equal(model: keras.Model, number: int, height: int, width: int) -> None:
    """Compare the outputs of Keras and of ONNX Runtime."""
    inputs = given(model, number, height, width)
    expected = model(inputs if len(inputs) > 1 else next(iter(inputs.values())), training=False)
    levels = inputs.pop("level", None)
    (images,) = inputs.values()
    found = runnable(model).run(images, levels)
    parts = expected if isinstance(expected, dict) else {next(iter(found)): expected}
    assert found.keys() == parts.keys()
    for name, part in parts.items():
        values = keras.ops.convert_to_numpy(part)
        assert found[name].dtype == np.float32
        assert found[name].shape == values.shape
        largest = max(1, np.abs(values).max())
        assert np.abs(found[name] - values).max() <= 1e-5 * largest
        if name == "classification":
            assert np.array_equal(found[name].argmax(axis=1), values.argmax(axis=1))


@pytest.mark.parametrize("name", NETWORKS)
@pytest.mark.parametrize("channels", [1, 3])
def test_a_network_computes_what_keras_computes(name, channels):
    model = trained(NETWORKS[name]((None, None, channels)))
    for number, height, width in ((1, 28, 28), (5, 36, 20), (2, 12, 44)):
        assert_equal(model, number, height, width)


@pytest.mark.parametrize("name", ["dncnn", "resnet"])
@pytest.mark.parametrize("size", [(29, 31), (5, 8), (17, 66)])
def test_a_network_without_strides_to_undo_takes_odd_sizes(name, size):
    assert_equal(trained(NETWORKS[name]((None, None, 1))), 3, *size)


def test_a_network_for_one_size_keeps_it():
    model = trained(simple.build((28, 28, 1), 10))
    assert_equal(model, 3, 28, 28)
    assert runnable(model).image_shape == (28, 28, 1)
    with pytest.raises(UserError, match=r"simple cannot compute images of the shape \(29, 28, 1\)"):
        runnable(model).run(np.zeros((1, 29, 28, 1), np.float32))


@pytest.mark.parametrize("name", [name for name in NETWORKS if name not in ("resnet", "joint")])
def test_images_are_padded_as_in_training(name):
    model = NETWORKS[name]((None, None, 1))
    network = runnable(model)
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
from denoising.training import onnx_layers
from denoising.training.export import check_export, to_onnx
print(*(hashlib.md5(to_onnx(read_model(path))).hexdigest() for path in sys.argv[1:]))
"""


def test_the_same_model_is_the_same_bytes_in_every_process(tmp_path):
    names = ("joint", "photo_unet with a level")
    models = {name: trained(NETWORKS[name]((None, None, 1))) for name in names}
    for name, model in models.items():
        write_model(tmp_path / f"{name}.keras", model)
        assert to_onnx(model, CARD.model_dump()) == to_onnx(model, CARD.model_dump())
    found = []
    for seed, order in (("1", names), ("2", names[::-1])):
        paths = [str(tmp_path / f"{name}.keras") for name in order]
        variables = os.environ | {"PYTHONHASHSEED": seed}
        command = [sys.executable, "-c", PROGRAM, *paths]
        done = subprocess.run(command, cwd=ROOT, env=variables, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        found.append(sorted(done.stdout.split()))
    assert found[0] == found[1]


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


OWN: dict[str, Callable[[], layers.Layer]] = {
    "average": lambda: layers.Average(),
    "bilinear": lambda: layers.UpSampling2D((2, 3), interpolation="bilinear"),
    "cropped": lambda: layers.Cropping2D(((1, 2), (0, 3))),
    "depthwise": lambda: layers.DepthwiseConv2D(3, strides=2, padding="same", depth_multiplier=2),
    "dilated": lambda: layers.Conv2D(4, 3, padding="same", dilation_rate=2, activation="tanh"),
    "dropout": lambda: layers.SpatialDropout2D(0.5),
    "elu": lambda: layers.Activation("elu"),
    "gelu": lambda: layers.Activation("gelu"),
    "global maximum": lambda: layers.GlobalMaxPooling2D(keepdims=True),
    "grouped": lambda: layers.Conv2D(6, 3, groups=3, activation="silu"),
    "leaky": lambda: layers.LeakyReLU(0.3),
    "leaky function": lambda: layers.Activation("leaky_relu"),
    "maximum": lambda: layers.Maximum(),
    "mean pooling": lambda: layers.AveragePooling2D(3, strides=2, padding="same"),
    "pooling": lambda: layers.MaxPooling2D(3, strides=2, padding="same"),
    "prelu": lambda: layers.PReLU(shared_axes=[1, 2], alpha_initializer="random_normal"),
    "product": lambda: layers.Multiply(),
    "relu with a slope": lambda: layers.ReLU(negative_slope=0.1),
    "rescaled": lambda: layers.Rescaling([1.0, 2.0, 3.0], [0.5, 0.0, -0.5]),
    "rows": lambda: layers.Concatenate(axis=1),
    "separable": lambda: layers.SeparableConv2D(4, 3, padding="same", strides=2),
    "smallest": lambda: layers.Minimum(),
    "softmax": lambda: layers.Activation("softmax"),
    "softmax layer": lambda: layers.Softmax(),
    "transposed without an overlap": lambda: layers.Conv2DTranspose(
        4, 2, strides=3, padding="same"
    ),
    "transposed, valid": lambda: layers.Conv2DTranspose(4, 2, strides=3),
    "zeros": lambda: layers.ZeroPadding2D(((1, 0), (2, 3))),
}
MERGING = ("average", "maximum", "product", "rows", "smallest")


@pytest.mark.parametrize("name", OWN)
def test_a_layer_of_an_own_network_computes_what_keras_computes(name):
    noisy = keras.Input((None, None, 3), name="noisy")
    layer = OWN[name]()
    other = layers.Conv2D(3, 1, name="other")(noisy)
    model = keras.Model(noisy, layer([noisy, other] if name in MERGING else other))
    assert_equal(trained(model), 2, 13, 16)


def test_a_sequential_network_is_expressed():
    model = keras.Sequential(
        [keras.Input((6, 4, 3), name="image"), layers.Flatten(), layers.Dense(4)], name="own"
    )
    assert_equal(trained(model), 3, 6, 4)


def test_a_layer_that_is_about_columns_and_not_images_is_expressed():
    noisy = keras.Input((6, 4, 3), name="noisy")
    x = layers.Reshape((24, 3))(layers.Conv2D(3, 3, padding="same")(noisy))
    x = layers.Dense(5, activation="relu")(x)
    model = keras.Model(noisy, layers.Dense(4)(layers.Flatten()(x)))
    assert_equal(trained(model), 3, 6, 4)


class Own(layers.Layer):
    def call(self, inputs):
        return 2 * inputs


REFUSED: dict[str, tuple[Callable[[], layers.Layer], str]] = {
    "of another class": (lambda: layers.GroupNormalization(1), "GroupNormalization"),
    "own": (Own, "Own"),
    "with a function": (lambda: layers.Activation("mish"), "the activation function mish"),
    "interpolating": (lambda: layers.UpSampling2D(2, interpolation="bicubic"), "bicubic"),
    "dilated with strides": (
        lambda: layers.DepthwiseConv2D(3, strides=2, dilation_rate=2, padding="same"),
        "cannot be expressed together",
    ),
    "strides wider than the pool": (
        lambda: layers.MaxPooling2D(1, strides=2, padding="same"),
        "wider than its pool_size",
    ),
    "with a limit": (lambda: layers.ReLU(6), "max_value"),
    "another axis": (lambda: layers.BatchNormalization(axis=1), "last axis"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_layer_that_onnx_cannot_express_is_named(case):
    make, reason = REFUSED[case]
    layer = make()
    layer.name = "mine"
    shape: ImageShape = (8, 8, 3)
    noisy = keras.Input(shape, name="noisy")
    x = layers.Conv2D(3, 3, padding="same", name="first")(noisy)
    model = keras.Model(noisy, layers.Conv2D(3, 3, name="last")(layer(x)), name="own")
    with pytest.raises(UserError, match=rf"own cannot .* layer mine \(.*{reason}"):
        to_onnx(model)


def test_every_layer_that_can_be_expressed_is_tried_here():
    models = [build((28, 28, 1)) for build in NETWORKS.values()]
    models.append(simple.build((28, 28, 1), 3))
    used = {type(layer).__name__ for model in models for layer in model.layers}
    used |= {type(layer).__name__ for layer in (make() for make in OWN.values())} | {
        "Flatten",
        "Reshape",
        "Dense",
    }
    unused = {"GaussianDropout", "GaussianNoise", "Identity"}  # expressed as nothing at all
    assert set(LAYERS) - used == unused


def test_a_network_from_elsewhere_needs_the_names_of_this_project():
    image = keras.Input((8, 8, 1), name="noisy")
    mask = keras.Input((8, 8, 1), name="mask")
    model = keras.Model([image, mask], layers.Add()([image, mask]))
    with pytest.raises(UserError, match=r"other\.onnx is not .*found the inputs"):
        from_bytes(to_onnx(model), "other.onnx")


def test_operators_are_layers_unless_they_have_numbers():
    noisy = keras.Input((None, None, 3), name="noisy")
    other = layers.Conv2D(3, 3, padding="same")(noisy)
    assert_equal(trained(keras.Model(noisy, noisy + other * other)), 2, 8, 12)
    with pytest.raises(UserError, match=r"layer add\w* \(Add\): a number"):
        to_onnx(keras.Model(noisy, other + 1))


def test_outputs_need_names_and_layers():
    noisy = keras.Input((None, None, 3), name="noisy")
    two = [layers.Conv2D(3, 3)(noisy), layers.Conv2D(3, 3)(noisy)]
    with pytest.raises(UserError, match="several outputs without names"):
        to_onnx(keras.Model(noisy, two))
    with pytest.raises(UserError, match="returns its input unchanged"):
        to_onnx(keras.Model(noisy, noisy))


def test_what_onnx_runtime_cannot_run_or_computes_otherwise_is_refused(monkeypatch):
    noisy = keras.Input((8, 8, 3), name="noisy")
    x = layers.Conv2D(3, 3)(noisy)
    with pytest.raises(UserError, match="cannot be run"):
        check_export(keras.Model(noisy, layers.Softmax(axis=(1, 2))(x)))
    model = keras.Model(noisy, layers.LeakyReLU(0.3)(x))
    check_export(model)
    monkeypatch.setitem(onnx_layers.LAYERS, "LeakyReLU", onnx_layers.LAYERS["Dropout"])
    with pytest.raises(UserError, match="does not compute what Keras does"):
        check_export(keras.Model(noisy, layers.LeakyReLU(0.3)(x)))
