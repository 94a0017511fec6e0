"""Losses and metrics of batches that are filled up with images of weight 0.

Every loss is one value an image, and their weighted mean that of a batch. With weights, Keras would
otherwise multiply a value for each pixel by the weights of the images, and divide by their number.
"""

from collections.abc import Callable
from typing import Any

import keras

from denoising.training.batches import Batches

ops: Any = keras.ops  # its annotations allow None for every result


class PerImage(keras.losses.Loss):
    """The mean of a loss over each image, averaged with the weights of the images.

    Parameters
    ----------
    loss : a loss, a function of targets and outputs, or the name of one.
    """

    def __init__(self, loss: keras.losses.Loss | Callable[[Any, Any], Any] | str):
        super().__init__(reduction="mean_with_sample_weight")
        found: Any = keras.losses.get(loss)  # pyright: ignore[reportArgumentType]
        self._values = found.call if isinstance(found, keras.losses.Loss) else found

    def call(self, y_true: Any, y_pred: Any) -> Any:
        values = self._values(y_true, y_pred)
        return ops.mean(values, axis=tuple(range(1, len(values.shape))))


def per_image(losses: Any) -> Any:
    """Return a loss, or those of several outputs by name, as one value an image."""
    if isinstance(losses, dict):
        return {name: PerImage(loss) for name, loss in losses.items()}
    return PerImage(losses)


class ImageMeans(keras.callbacks.Callback):
    """Turn the losses of an epoch, which Keras averages over batches, into means over images.

    A last batch that is partly filled counts as much as the others there. It comes first among the
    callbacks, so that all see the same losses.
    """

    def __init__(self, train: Batches, validation: Batches):
        super().__init__()
        self._batches = {"": train, "val_": validation}
        self._full: dict[str, float] = {}

    def on_epoch_begin(self, epoch: int, logs: dict | None = None) -> None:
        self._full = {}

    def on_train_batch_end(self, batch: int, logs: dict | None = None) -> None:
        self._keep("", batch, logs or {})

    def on_test_batch_end(self, batch: int, logs: dict | None = None) -> None:
        self._keep("val_", batch, logs or {})

    def _keep(self, prefix: str, batch: int, logs: dict) -> None:
        """Keep the means over all batches but the last."""
        if batch == len(self._batches[prefix]) - 2:
            losses = {name: logs[name] for name in logs if name.endswith("loss")}
            self._full |= {f"{prefix}{name}": float(value) for name, value in losses.items()}

    def on_epoch_end(self, epoch: int, logs: dict | None = None) -> None:
        assert logs is not None
        for name, full in self._full.items():
            batches = self._batches["val_" if name.startswith("val_") else ""]
            images, count = len(batches.samples.clean), len(batches)
            rest = images - (count - 1) * batches.settings.batch_size
            last = count * logs[name] - (count - 1) * full
            logs[name] = full + (last - full) * rest / images
