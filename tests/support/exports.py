"""Networks to export as ``.onnx`` files, and what Keras and ONNX Runtime compute, compared."""

import keras
import numpy as np

from denoising.inference.engine import Network
from denoising.networks import (
    cascade,
    dncnn,
    joint,
    photo_unet,
    pooled,
    residual_unet,
    resnet,
    shallow,
    transposed,
    unet,
)
from tests.support.learning import runnable, without_zeros

AUTOENCODERS = [dncnn, photo_unet, pooled, residual_unet, shallow, transposed, unet]
NETWORKS = {one.__name__.rpartition(".")[2]: one.build for one in AUTOENCODERS} | {
    "photo_unet with a level": lambda shape: photo_unet.build(shape, level_input=True),
    "residual_unet with a level": lambda shape: residual_unet.build(shape, level_input=True),
    "resnet": lambda shape: resnet.build(shape, 7),
    "resnet with a level": lambda shape: resnet.build(shape, 7, width=16, level_input=True),
    "cascade": lambda shape: cascade.build(
        residual_unet.build(shape, width=8), resnet.build(shape, 7, width=8)
    ),
    "joint with a level": lambda shape: joint.build(
        shape, 7, residual_unet, {"width": 8}, level_input=True
    ),
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


def assert_equal(
    model: keras.Model, *sizes: tuple[int, int, int], network: Network | None = None
) -> None:
    """Compare the outputs of Keras and of ONNX Runtime for batches of (number, height, width).

    `network` is the exported model, if there is one.
    """
    network = network or runnable(model)
    for size in sizes:
        _assert_equal(model, network, given(model, *size))


def _assert_equal(model: keras.Model, network: Network, inputs: dict[str, np.ndarray]) -> None:
    expected = model(inputs if len(inputs) > 1 else next(iter(inputs.values())), training=False)
    levels = inputs.pop("level", None)
    (images,) = inputs.values()
    found = network.run(images, levels)
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
