"""The multiply-adds of a network as ONNX Runtime runs it; `test_export` compares Keras's."""

import keras
from keras import layers

from denoising.inference.work import multiply_adds
from denoising.training.export import to_onnx
from tests.support.exports import NETWORKS


def test_convolutions_and_dense_layers_are_counted_by_hand(tmp_path):
    image = keras.Input((None, None, 3), name="noisy")
    small = layers.Conv2D(4, 3, strides=2, padding="same")(image)
    large = layers.Conv2DTranspose(5, 2, strides=2)(layers.ReLU()(small))
    logits = layers.Dense(7, name="classification")(layers.GlobalAveragePooling2D()(large))
    path = tmp_path / "model.onnx"
    path.write_bytes(to_onnx(keras.Model(image, {"classification": logits})))
    convolution, transposed = 3 * 4 * 9 * (4 * 5), 4 * 5 * 4 * (4 * 5)
    assert multiply_adds(path, (8, 10, 3)) == convolution + transposed + 5 * 7


def test_images_are_padded_to_the_stride_as_when_they_are_denoised(tmp_path):
    path = tmp_path / "model.onnx"
    path.write_bytes(to_onnx(NETWORKS["residual_unet"]((None, None, 1))))
    assert multiply_adds(path, (27, 25, 1)) == multiply_adds(path, (28, 28, 1))
