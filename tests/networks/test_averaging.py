"""Weights averaged over the steps of a training."""

import keras
import numpy as np
import pytest

from denoising.training.averaging import Averaging
from denoising.training.loop import Course, Objective, fit
from tests.support.learning import STILL, batches

COURSE = Course(epochs=2, learning_rate=0.05, schedule="constant", patience=5, averaging=0.6)


def network() -> keras.Model:
    """Return a classifier with statistics of batch normalisation among its weights."""
    keras.utils.set_random_seed(0)
    return keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            keras.layers.AveragePooling2D(7),
            keras.layers.Flatten(),
            keras.layers.BatchNormalization(momentum=0.5),
            keras.layers.Dense(4),
        ]
    )


def objective() -> Objective:
    return Objective(keras.losses.CategoricalCrossentropy(from_logits=True), [])


class Noting(keras.callbacks.Callback):
    """Note the weights after every step."""

    def __init__(self):
        super().__init__()
        self.steps: list[list[np.ndarray]] = []

    def on_train_batch_end(self, batch, logs=None):
        assert self.model
        self.steps.append([np.array(value) for value in self.model.get_weights()])


def test_the_kept_weights_are_the_moving_average_of_all_steps(pixels):
    model, noting = network(), Noting()
    average = [np.array(value) for value in model.get_weights()]
    model.compile(keras.optimizers.SGD(0.1), objective().loss)
    train = batches(pixels, "classification", augmentation=STILL)
    model.fit(
        train,
        validation_data=batches(pixels, "classification"),
        epochs=3,
        shuffle=False,
        callbacks=[train.follow(), Averaging(0.6), noting],
        verbose=0,  # pyright: ignore[reportArgumentType]
    )
    for number, weights in enumerate(noting.steps, start=1):
        decay = min(0.6, number / (number + 9))
        average = [
            decay * mean + (1 - decay) * value for mean, value in zip(average, weights, strict=True)
        ]
    assert len(noting.steps) == 12
    for mean, value in zip(average, model.get_weights(), strict=True):
        assert value == pytest.approx(mean, abs=1e-5)
    assert not np.allclose(model.get_weights()[-2], noting.steps[-1][-2], atol=1e-3)


def test_averaging_changes_the_kept_weights_but_not_the_training(pixels):
    losses = {}
    for averaging in (0.0, 0.6):
        model = network()
        train = batches(pixels, "classification", augmentation=STILL)
        validation = batches(pixels, "classification")
        course = COURSE._replace(averaging=averaging)
        losses[averaging] = fit(model, train, validation, objective(), course)
    assert np.array_equal(losses[0]["loss"], losses[0.6]["loss"])
    assert not np.array_equal(losses[0]["val_loss"], losses[0.6]["val_loss"])


def test_validation_sees_the_weights_that_are_kept(pixels):
    model = network()
    train = batches(pixels, "classification", augmentation=STILL)
    validation = batches(pixels, "classification")
    table = fit(model, train, validation, objective(), COURSE)
    best = table["val_loss"].min()
    assert model.evaluate(validation, verbose=0) == pytest.approx(best, rel=1e-5)  # pyright: ignore[reportArgumentType]
