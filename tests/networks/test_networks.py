"""Networks: shapes, sizes, names, stock layers, and images of any size."""

import numpy as np
import pytest

from denoising.files.errors import UserError
from denoising.inference.predict import denoise, predict, restore_and_classify
from denoising.networks import (
    dncnn,
    joint,
    photo_unet,
    pooled,
    residual_unet,
    resnet,
    shallow,
    simple,
    transposed,
    unet,
)
from denoising.networks.model_inputs import padding
from denoising.networks.registry import build
from tests.support.exports import AUTOENCODERS
from tests.support.learning import runnable

CLASSIFIERS = [resnet, simple]


def name(module) -> str:
    return module.__name__.rpartition(".")[2]


def convolutions(model) -> list[tuple[str, int]]:
    return [
        (type(layer).__name__, layer.filters) for layer in model.layers if hasattr(layer, "filters")
    ]


@pytest.mark.parametrize("network", AUTOENCODERS, ids=name)
@pytest.mark.parametrize("shape", [(28, 28, 1), (None, None, 3), (None, None, 1)])
def test_autoencoders_keep_the_shape_of_images(network, shape):
    model = runnable(network.build(shape))
    shape = tuple(size or 12 for size in shape)
    images = np.random.default_rng(0).random((3, *shape), dtype=np.float32)
    restored, logits = restore_and_classify(model, images)
    assert logits.shape == (3, 0)
    assert restored.shape == images.shape
    assert restored.min() >= 0
    assert restored.max() <= 1


@pytest.mark.parametrize("network", CLASSIFIERS, ids=name)
@pytest.mark.parametrize("shape", [(28, 28, 1), (32, 32, 3)])
def test_classifiers_return_logits(network, shape):
    model = runnable(network.build(shape, 7))
    images = np.random.default_rng(0).integers(0, 256, (5, *shape), dtype=np.uint8)
    logits = predict(model, images)
    assert logits.shape == (5, 7)
    assert (logits < 0).any()
    as_floats = predict(model, (images / 255).astype(np.float32), batch_size=2)
    assert np.allclose(logits, as_floats, atol=1e-5)


def test_the_size_of_batches_changes_nothing():
    images = np.random.default_rng(0).random((7, 8, 8, 1), dtype=np.float32)
    model = runnable(pooled.build((8, 8, 1)))
    alone = predict(model, images, batch_size=1)
    for size in (2, 5, 7, 250):
        assert np.allclose(predict(model, images, batch_size=size), alone, atol=1e-6)


@pytest.mark.parametrize("autoencoder", AUTOENCODERS, ids=name)
def test_the_joint_network_has_the_autoencoders_encoder_and_two_branches(autoencoder):
    model = joint.build((28, 28, 1), 10, autoencoder, {})
    restored, logits = restore_and_classify(runnable(model), np.zeros((4, 28, 28, 1), np.float32))
    assert restored.shape == (4, 28, 28, 1)
    assert logits.shape == (4, 10)
    own = {layer.name for layer in model.layers}
    alone = {layer.name for layer in autoencoder.build((28, 28, 1)).layers}
    assert alone <= own


@pytest.mark.parametrize("network", [*AUTOENCODERS, *CLASSIFIERS], ids=name)
def test_networks_are_made_of_named_stock_layers(network):
    arguments = ((28, 28, 1), *([10] if network in CLASSIFIERS else []))
    names = [[layer.name for layer in network.build(*arguments).layers] for _ in range(2)]
    assert names[0] == names[1], "a layer without a name is numbered anew in every build"
    for layer in network.build(*arguments).layers:
        assert type(layer).__module__.startswith("keras.")


def test_the_published_networks_have_the_published_layers():
    assert convolutions(shallow.build((28, 28, 1)))[:4] == [
        ("Conv2D", 16),
        ("Conv2D", 8),
        ("Conv2DTranspose", 8),
        ("Conv2DTranspose", 16),
    ]
    kinds = [type(layer).__name__ for layer in simple.build((28, 28, 1), 10).layers[1:]]
    assert kinds == [
        "BatchNormalization",
        "Conv2D",
        "BatchNormalization",
        "MaxPooling2D",
        "Flatten",
        "Dense",
    ]
    assert simple.build((28, 28, 1), 10).get_layer("conv").kernel.shape == (5, 5, 1, 64)
    shapes = [layer.output.shape[1:] for layer in transposed.build((28, 28, 1)).layers[1:6]]
    assert shapes == [(14, 14, 32), (7, 7, 64), (3, 3, 128), (7, 7, 64), (14, 14, 32)]
    assert convolutions(pooled.build((28, 28, 1), filters=[32, 16])) == [
        *(("Conv2D", filters) for filters in (32, 16, 16, 32, 1))
    ]
    deep = pooled.build((32, 32, 3), filters=[32, 64, 128], batch_normalization=True)
    assert [filters for _, filters in convolutions(deep)] == [32, 64, 128, 128, 64, 32, 3]
    assert len([one for one in deep.layers if "norm" in one.name]) == 6
    assert [filters for _, filters in convolutions(unet.build((28, 28, 1)))] == [
        *(16, 16, 32, 32, 64, 64),
        *(32, 32, 32, 16, 16, 16, 1),
    ]


def test_dncnn_subtracts_its_output_from_the_image():
    model = dncnn.build((28, 28, 1))
    model.get_layer("noise").set_weights([np.zeros((3, 3, 32, 1)), np.array([0.25])])
    images = np.random.default_rng(0).random((2, 28, 28, 1), dtype=np.float32)
    assert np.allclose(predict(runnable(model), images), images - 0.25, atol=1e-6)


@pytest.mark.parametrize("level_input", [False, True])
def test_the_network_for_photographs_starts_as_the_identity(level_input):
    model = photo_unet.build((None, None, 3), level_input=level_input)
    images = np.random.default_rng(0).random((2, 8, 12, 3), dtype=np.float32)
    assert np.array_equal(denoise(runnable(model), images, 0.1 if level_input else None), images)
    blocks = [layer for layer in model.layers if layer.name.endswith("_b")]
    assert len(blocks) == 9
    assert not any(layer.kernel.numpy().any() for layer in blocks)


@pytest.mark.parametrize("size", [(29, 27), (30, 31), (28, 28), (5, 66)])
def test_images_of_any_size_are_padded_and_cut(size):
    model = residual_unet.build((None, None, 1), width=8)
    rows, columns = padding(model, (*size, 1))
    assert ((size[0] + rows) % 4, (size[1] + columns) % 4) == (0, 0)
    assert max(rows, columns) < 4
    images = np.random.default_rng(0).random((2, *size, 1), dtype=np.float32)
    assert denoise(runnable(model), images).shape == images.shape


def test_only_sides_that_the_stride_does_not_divide_are_padded():
    any_size = residual_unet.build((None, None, 1), width=8)
    assert padding(any_size, (28, 20, 1)) == (0, 0)
    assert padding(any_size, (28, 21, 1)) == (0, 3)
    assert padding(shallow.build((28, 20, 1)), (28, 20, 1)) == (0, 0)


def test_padding_does_not_reach_far_into_the_image():
    model = runnable(shallow.build((None, None, 1)))
    images = np.random.default_rng(0).random((1, 34, 34, 1), dtype=np.float32)
    whole = denoise(model, np.pad(images, ((0, 0), (0, 6), (0, 6), (0, 0)), mode="symmetric"))
    assert np.allclose(denoise(model, images)[:, :26, :26], whole[:, :26, :26], atol=1e-6)


@pytest.mark.parametrize(
    ("network", "kind", "options", "message"),
    [
        ("resnet", "autoencoder", {}, "KIND is 'classifier'"),
        ("joint", "classifier", {}, "KIND is None"),
        ("resnet", "classifier", {"width": "a"}, r"classifier.options.width: .*Received: 'a'"),
        ("resnet", "classifier", {"dropout": 2}, "classifier.options.dropout: .*less than"),
        ("dncnn", "autoencoder", {"depth": 1}, "autoencoder.options.depth: .*greater than"),
        ("unet", "autoencoder", {"filters": []}, "autoencoder.options.filters: .*at least 1"),
        ("pooled", "autoencoder", {"filters": {"a": 1}}, "autoencoder.options.filters: .*list"),
        ("pooled", "autoencoder", {"poolings": 5}, "Expected at most 2 poolings. Received: 5"),
        ("pooled", "autoencoder", {"batch_normalization": "no"}, "valid boolean"),
        ("residual_unet", "autoencoder", {"width": 1}, "Cannot build .* autoencoder.options"),
        ("resnet", "classifier", {"widht": 3}, "no option widht. .*width, blocks, dropout"),
        ("shallow", "autoencoder", {"width": 3}, "shallow has no option width. .*none"),
    ],
)
def test_a_wrong_network_or_option_is_explained(network, kind, options, message):
    with pytest.raises(UserError, match=message):
        build(network, kind, options, (28, 28, 1), *([10] if kind == "classifier" else []))


def test_options_reach_the_network():
    small, large = (residual_unet.build((28, 28, 1), width=width) for width in (8, 16))
    assert large.count_params() > 3 * small.count_params()
