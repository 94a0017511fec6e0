"""The history of a training, written after every epoch, so that its curves can be watched."""

from pathlib import Path

import keras
import numpy as np
import pandas as pd

from denoising.files.tables import write_csv
from denoising.training import distribution


class History(keras.callbacks.Callback):
    """Losses and metrics of each epoch, and the file that holds them.

    It comes after the callbacks that add to the metrics, such as ReduceLROnPlateau.

    Parameters
    ----------
    path : the table, ``.csv``, replaced atomically after every epoch; None for none.
    rows : of the epochs before, if the training resumes; they are written when it begins.
    """

    def __init__(self, path: Path | None, rows: list[dict[str, float]]):
        super().__init__()
        self._path, self._rows = path, [*rows]

    def on_train_begin(self, logs: dict | None = None) -> None:
        if self._rows:
            self._write()

    def on_epoch_end(self, epoch: int, logs: dict | None = None) -> None:
        self._rows.append({name: float(value) for name, value in (logs or {}).items()})
        self._write()

    def table(self) -> pd.DataFrame:
        """Return a row per epoch: ``epoch``, from 1, losses and metrics."""
        table = pd.DataFrame(self._rows)
        table.insert(0, "epoch", np.arange(1, len(table) + 1))
        return table

    def _write(self) -> None:
        if self._path and distribution.leads():
            write_csv(self._path, self.table())
