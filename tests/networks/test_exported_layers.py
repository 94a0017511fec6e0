"""Layers of own networks as ONNX: what Keras computes, or a refusal that names the layer."""

from collections.abc import Callable

import keras
import pytest
from keras import layers

from denoising.files.errors import UserError
from denoising.networks import simple
from denoising.networks.tensors import ImageShape
from denoising.training import onnx_layers
from denoising.training.export import check_export, to_onnx
from denoising.training.onnx_layers import LAYERS
from tests.support.exports import NETWORKS, assert_equal, trained

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
    assert_equal(trained(model), (2, 13, 16))


def test_a_sequential_network_is_expressed():
    model = keras.Sequential(
        [keras.Input((6, 4, 3), name="image"), layers.Flatten(), layers.Dense(4)], name="own"
    )
    assert_equal(trained(model), (3, 6, 4))


def test_a_layer_that_is_about_columns_and_not_images_is_expressed():
    noisy = keras.Input((6, 4, 3), name="noisy")
    x = layers.Reshape((24, 3))(layers.Conv2D(3, 3, padding="same")(noisy))
    x = layers.Dense(5, activation="relu")(x)
    model = keras.Model(noisy, layers.Dense(4)(layers.Flatten()(x)))
    assert_equal(trained(model), (3, 6, 4))


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


def test_operators_are_layers_unless_they_have_numbers():
    noisy = keras.Input((None, None, 3), name="noisy")
    other = layers.Conv2D(3, 3, padding="same")(noisy)
    assert_equal(trained(keras.Model(noisy, noisy + other * other)), (2, 8, 12))
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
