"""Weights averaged over the steps of a training."""

from typing import Any

import keras
import numpy as np

WARM_UP = 9  # steps, after which the average covers a tenth of the training so far


class Averaging(keras.callbacks.Callback):
    """Validate, and keep, an exponential moving average of the weights (Polyak 1992).

    It includes the statistics of batch normalisation, which those of the trained weights would not
    fit. In the first steps the decay is lower, ``n / (n + 9)`` after n steps, so that the initial
    weights are soon forgotten. From the validation of an epoch to the start of the next the model
    has the averaged weights; callbacks that look at an epoch's end, such as EarlyStopping, see
    those. Keras's own average, of its optimizers, leaves out the statistics.

    Parameters
    ----------
    decay : of the average in each step, below 1.

    Attributes
    ----------
    trained_weights : those that the training goes on from, while the model has the averaged ones.
    """

    def __init__(self, decay: float):
        super().__init__()
        self.decay = decay
        self.trained_weights: list[np.ndarray] = []
        self._average: list[np.ndarray] = []

    def on_epoch_begin(self, epoch: int, logs: dict | None = None) -> None:
        self._average = [np.array(value) for value in self._network.get_weights()]
        if self.trained_weights:
            self._network.set_weights(self.trained_weights)
            self.trained_weights = []

    def on_train_batch_end(self, batch: int, logs: dict | None = None) -> None:
        if keras.backend.backend() == "jax":  # the model's variables are empty during an epoch
            self._network.jax_state_sync()
        steps = int(self._network.optimizer.iterations)
        rest = np.float32(1 - min(self.decay, steps / (steps + WARM_UP)))
        for average, weight in zip(self._average, self._network.weights, strict=True):
            average += rest * (keras.ops.convert_to_numpy(weight) - average)

    def on_test_begin(self, logs: dict | None = None) -> None:
        self.trained_weights = [np.array(value) for value in self._network.get_weights()]
        self._network.set_weights(self._average)

    @property
    def _network(self) -> Any:
        return self.model
