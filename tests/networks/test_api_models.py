"""The functions of `from denoising import …` with trained networks of one's own."""

import warnings

import numpy as np
import pytest

from denoising import classify, denoise, load_classifier, load_denoiser
from denoising.files.errors import UserError
from denoising.networks import joint, residual_unet, resnet
from tests.networks.conftest import CARD, write
from tests.support.signs import card_of, signs


def test_a_level_for_a_network_without_a_level_input_is_refused(tmp_path):
    network = residual_unet.build((None, None, 1), width=8)
    model = load_denoiser(write(tmp_path / "blind.onnx", network))
    with pytest.raises(UserError, match="has no level input"):
        denoise(np.zeros((8, 8)), level=0.1, model=model)


def test_a_classifier_gives_probabilities(tmp_path):
    card = CARD.model_copy(update={"classes": ["cat", "dog", "eel"]})
    path = write(tmp_path / "classifier.onnx", resnet.build((28, 28, 1), 3, width=8), card)
    model = load_classifier(path)
    image = np.random.default_rng(0).integers(0, 256, (28, 28), np.uint8)
    chances = classify(image, model)
    assert chances.shape == (3,)
    assert chances.sum() == pytest.approx(1)
    assert np.allclose(classify(image / 255, model), chances, atol=1e-6)
    assert classify(np.stack([image] * 3, axis=2), model) == pytest.approx(chances, abs=0.02)
    assert classify(np.kron(image, np.ones((4, 2), np.uint8)), model).shape == (3,)


def test_a_classifier_with_a_level_input_needs_training_without_it(tmp_path):
    network = resnet.build((28, 28, 1), 3, width=8, level_input=True)
    image = np.random.default_rng(0).integers(0, 256, (28, 28), np.uint8)
    for known in (1, 0.5):
        card = CARD.model_copy(update={"classes": ["a", "b", "c"], "level_known": known})
        model = load_classifier(write(tmp_path / f"{known}.onnx", network, card))
        if known < 1:
            assert classify(image, model).sum() == pytest.approx(1)
        else:
            with pytest.raises(UserError, match="noise level of each image as an input"):
                classify(image, model)


def test_a_joint_network_denoises_and_classifies(tmp_path):
    card = CARD.model_copy(update={"classes": ["cat", "dog"], "size": [30, 30, 1]})
    network = joint.build((None, None, 1), 2, residual_unet, {"width": 8})
    path = write(tmp_path / "joint.onnx", network, card)
    image = np.random.default_rng(0).random((30, 30))
    assert denoise(image, model=load_denoiser(path)).shape == (30, 30)
    assert classify(image, load_classifier(path)).sum() == pytest.approx(1)


def test_an_image_unlike_the_training_images_is_inverted_with_a_warning(tmp_path):
    card = card_of(signs(400))
    model = load_classifier(
        write(tmp_path / "signs.onnx", resnet.build((28, 28, 1), 3, width=8), card)
    )
    light = signs(1, seed=1)[0, ..., 0]
    with warnings.catch_warnings(action="error"):
        chances = classify(light, model)
    for dark in (255 - light, 1 - light / 255, (255 - light).astype(np.uint16) * 257):
        with pytest.warns(UserWarning, match="image is inverted; as_is=True leaves it"):
            assert classify(dark, model) == pytest.approx(chances, abs=0.02)
    with pytest.warns(UserWarning, match="unlike the images of signs that the classifier was"):
        classify(255 - light, model, as_is=True)
