"""The joint network in its two forms, and its start from trained parts."""

import keras
import numpy as np
import pytest

from denoising.config.params import read_params
from denoising.files.errors import UserError
from denoising.files.models import write_model
from denoising.inference.predict import denoise, predict, restore_and_classify
from denoising.networks import cascade, residual_unet, resnet, simple
from denoising.networks.weights import take_weights
from denoising.training.export import check_export
from stages._joint import build_joint, start_joint
from tests.support.learning import runnable
from tests.support.params import with_section

SMALL = {"width": 8, "blocks": 1}
IMAGES = np.random.default_rng(0).random((6, 28, 28, 1), dtype=np.float32)
IMAGES *= np.linspace(0.1, 1, 6, dtype=np.float32)[:, None, None, None]


@pytest.fixture
def params():
    """Return the parameters of small networks that start from trained parts."""
    small = with_section(read_params(), "autoencoder", options=SMALL)
    small = with_section(small, "classifier", options={"width": 8})
    return with_section(small, "joint", start="trained")


def shaken(model):
    """Return a model with random changes of all weights, small enough to keep its range."""
    random = np.random.default_rng(0)
    values = [value + random.normal(0, 0.03, value.shape) for value in model.get_weights()]
    model.set_weights(values)
    return model


def write_parts(folder, level_input=False):
    """Write an autoencoder and a classifier with weights as after a training; return both."""
    parts = {
        "autoencoder": residual_unet.build((None, None, 1), **SMALL, level_input=level_input),
        "classifier_denoised": resnet.build((None, None, 1), 10, width=8, level_input=level_input),
    }
    for name, model in parts.items():
        write_model(folder / f"{name}.keras", shaken(model))
    return [runnable(model) for model in parts.values()]


@pytest.mark.parametrize("level_input", [False, True])
def test_a_cascade_starts_as_its_trained_parts_in_a_row(params, tmp_path, level_input):
    params = with_section(params, "joint", form="cascade")
    params = with_section(params, "training", level_input=level_input)
    autoencoder, classifier = write_parts(tmp_path, level_input)
    model = build_joint(params, (28, 28, 1), 10)
    parts = start_joint(model, params, tmp_path)
    assert [path.stem for path in parts] == ["autoencoder", "classifier_denoised"]
    restored, logits = restore_and_classify(runnable(model), IMAGES, 0.3)
    denoised = denoise(autoencoder, IMAGES, 0.3)
    assert restored == pytest.approx(denoised, abs=1e-5)
    assert np.allclose(logits, predict(classifier, denoised, 0.3), rtol=1e-4, atol=1e-4)
    assert np.ptp(logits, axis=0).max() > 1e-3


def test_a_classifier_of_one_size_sees_the_image_without_its_padding(params, tmp_path):
    """The autoencoder has a stride of 4."""
    params = with_section(params, "classifier", name="simple", options={})
    model = build_joint(params, (14, 21, 1), 10)
    assert model.input_shape == (None, 14, 21, 1)
    assert model.get_layer("full_in").output.shape[1:3] == (16, 24)
    assert model.get_layer(f"{cascade.PREFIX}norm_in").output.shape == (None, 14, 21, 1)
    autoencoder = shaken(residual_unet.build((None, None, 1), **SMALL))
    write_model(tmp_path / "autoencoder.keras", autoencoder)
    classifier = shaken(simple.build((14, 21, 1), 10))
    write_model(tmp_path / "classifier_denoised.keras", classifier)
    start_joint(model, params, tmp_path)
    images = IMAGES[:, :14, :21]
    restored, logits = restore_and_classify(runnable(model), images)
    padded = np.pad(images, ((0, 0), (0, 2), (0, 3), (0, 0)))
    assert restored == pytest.approx(denoise(runnable(autoencoder), padded)[:, :14, :21], abs=1e-5)
    assert np.allclose(logits, predict(runnable(classifier), restored), rtol=1e-4, atol=1e-4)


def test_branches_start_with_the_trained_encoder_and_decoder(params, tmp_path):
    autoencoder, _ = write_parts(tmp_path)
    params = with_section(params, "joint", form="branches")
    model = build_joint(params, (28, 28, 1), 10)
    assert [path.stem for path in start_joint(model, params, tmp_path)] == ["autoencoder"]
    restored, _ = restore_and_classify(runnable(model), IMAGES)
    assert restored == pytest.approx(denoise(autoencoder, IMAGES), abs=1e-5)


def test_from_scratch_the_weights_are_new(params, tmp_path):
    params = with_section(params, "joint", start="scratch")
    keras.utils.set_random_seed(0)
    model = build_joint(params, (28, 28, 1), 10)
    before = model.get_weights()
    assert start_joint(model, params, tmp_path) == []
    assert all(map(np.array_equal, before, model.get_weights()))


def test_parts_of_other_networks_are_refused(params, tmp_path):
    write_parts(tmp_path)
    other = with_section(params, "autoencoder", options=SMALL | {"width": 12})
    model = build_joint(other, (28, 28, 1), 10)
    with pytest.raises(UserError, match=r"from the trained network residual_unet: the layer full"):
        start_joint(model, other, tmp_path)


def test_a_cascade_is_one_network_of_stock_layers():
    """Names of layers that both parts use are no obstacle, and nothing is nested."""
    autoencoder = residual_unet.build((None, None, 1), **SMALL)
    classifier = resnet.build((None, None, 1), 7, width=8)
    names = {layer.name for layer in autoencoder.layers}
    assert names & {layer.name for layer in classifier.layers}
    model = cascade.build(autoencoder, classifier)
    check_export(model)
    own = [layer.name for layer in model.layers]
    assert len(set(own)) == len(own)
    assert not any(isinstance(layer, keras.Model) for layer in model.layers)
    assert names <= set(own)


def test_a_cascade_is_trained_from_end_to_end():
    """The error of the classes reaches the first layer of the autoencoder."""
    model = cascade.build(residual_unet.build((28, 28, 1), width=8), simple.build((28, 28, 1), 4))
    model.compile(
        keras.optimizers.SGD(0.1),
        {
            "classification": keras.losses.CategoricalCrossentropy(from_logits=True),
            "reconstruction": "mse",
        },
        loss_weights={"classification": 1.0, "reconstruction": 0.0},
    )
    first = model.get_layer("full_in")
    before = first.get_weights()[0]
    targets = {"classification": np.eye(4)[[0, 1, 2, 3, 0, 1]], "reconstruction": IMAGES}
    model.train_on_batch(IMAGES, targets)
    assert not np.array_equal(before, first.get_weights()[0])


def test_networks_without_a_level_input_are_named(params):
    levels = with_section(params, "training", level_input=True)
    for form, section, name in (
        ("branches", "autoencoder", "pooled"),
        ("cascade", "autoencoder", "unet"),
        ("cascade", "classifier", "simple"),
    ):
        other = with_section(
            with_section(levels, "joint", form=form), section, name=name, options={}
        )
        with pytest.raises(UserError, match=f"network {name} has no level input"):
            build_joint(other, (28, 28, 1), 10)


def test_weights_are_taken_by_the_names_of_layers():
    part, model = (shaken(resnet.build((28, 28, 1), 3, width=8)) for _ in range(2))
    model.set_weights([0 * value for value in model.get_weights()])
    take_weights(model, part)
    assert all(map(np.array_equal, part.get_weights(), model.get_weights()))
