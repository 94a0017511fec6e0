"""A training that is interrupted goes on from its last whole epoch, and ends in the same bytes.

Keras's BackupAndRestore forgets the state of the other callbacks, so that early stopping, plateaus
and the best weights would start over, and deletes its file before the model is written.
"""

import hashlib
import json
import sys
from collections.abc import Iterable
from pathlib import Path

import keras
import numpy as np

from denoising.artifacts import replacing

ROOT = Path(__file__).parent.parent
# What Keras's EarlyStopping and ReduceLROnPlateau remember from epoch to epoch.
REMEMBERED = ("best", "best_epoch", "wait", "stopped_epoch", "cooldown_counter")


def fingerprint(settings: dict, arrays: Iterable[np.ndarray]) -> str:
    """Hash all that a training depends on: settings, data, this project's code, its libraries.

    Parameters
    ----------
    settings : plain values, those that JSON has.
    arrays : the data.
    """
    digest = hashlib.blake2b(json.dumps(settings, sort_keys=True).encode())
    for array in arrays:
        digest.update(f"{array.dtype} {array.shape}".encode())
        digest.update(np.ascontiguousarray(array))
    for path in [*_loaded_code(), ROOT / "requirements.txt"]:
        digest.update(str(path.relative_to(ROOT)).encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _loaded_code() -> list[Path]:
    """Return the files of this project that this process runs: imported ones and the script."""
    packages = {path.parent.name for path in ROOT.glob("*/__init__.py")}
    modules = [module for name, module in sys.modules.items() if name.split(".")[0] in packages]
    script = getattr(sys.modules["__main__"], "__file__", None)
    files = {Path(module.__file__) for module in modules}
    if script and Path(script).resolve().is_relative_to(ROOT):
        files.add(Path(script).resolve())
    return sorted(files)


class Checkpoint(keras.callbacks.Callback):
    """The state of a training in one file, which is replaced as a whole after every epoch.

    Kept are the model's variables, the random seeds of its layers among them, those of its
    optimizer, the history, and what the other callbacks remember. As the last of the callbacks it
    sees what the others have made of an epoch. A file of another training is not used, and a
    damaged one is set aside; both is said.

    Parameters
    ----------
    path : of the file, ``.npz``.
    fingerprint : what `fingerprint` gives.

    Attributes
    ----------
    rows : the history: the losses and metrics of each epoch.
    """

    def __init__(self, path: Path, fingerprint: str):
        super().__init__()
        self.path, self.fingerprint = path, fingerprint
        self.others: list[keras.callbacks.Callback] = []
        self.rows: list[dict[str, float]] = []
        self._memories: list[dict] = []

    def resume(
        self, model: keras.Model, others: list[keras.callbacks.Callback], epochs: int
    ) -> int:
        """Give `model` and its optimizer, both built, what the file holds, if there is one.

        The callbacks get theirs when the training begins, as they forget it then.

        Returns
        -------
        the epoch to go on with, from 0; `epochs` where nothing is left to train.
        """
        self.others = others
        if not self.path.exists() or not (state := self._read(model)):
            return 0
        for name, variable in _variables(model):
            variable.assign(state[name])
        self.rows, self._memories = state["rows"], state["memories"]
        print(f"Going on after epoch {len(self.rows)}, which {self.path} holds.")
        return epochs if state["stopped"] else len(self.rows)

    def _read(self, model: keras.Model) -> dict:
        """Return what the file holds; nothing if it is damaged or of another training."""
        try:
            with np.load(self.path, allow_pickle=False) as file:
                arrays = dict(file)
            state = json.loads(bytes(arrays.pop("state")))
            if state["fingerprint"] != self.fingerprint:
                print(f"{self.path} is of other parameters, data or code: it is not used.")
                return {}
            for place, memory in enumerate(state["memories"]):
                if count := memory.pop("best_weights"):
                    memory["best_weights"] = [arrays[f"best {place} {n}"] for n in range(count)]
            for name, variable in _variables(model):
                if arrays[name].shape != tuple(variable.shape):
                    raise ValueError(f"{name} has the shape {arrays[name].shape}")
        except Exception as error:  # zip files and NumPy have many ways to be broken
            aside = self.path.replace(self.path.with_suffix(".damaged"))
            print(f"warning: {self.path} is damaged ({error}). It is now {aside}.")
            return {}
        return state | arrays

    def on_train_begin(self, logs=None):
        for callback, memory in zip(self.others, self._memories, strict=False):
            vars(callback).update(memory)

    def on_epoch_end(self, epoch, logs=None):
        self.rows.append({name: float(value) for name, value in logs.items()})
        arrays = {
            name: keras.ops.convert_to_numpy(variable) for name, variable in _variables(self.model)
        }
        memories = []
        for place, callback in enumerate(self.others):
            known = vars(callback)
            memory = {name: known[name] for name in REMEMBERED if name in known}
            weights = known.get("best_weights") or []
            arrays |= {f"best {place} {n}": value for n, value in enumerate(weights)}
            memories.append(memory | {"best_weights": len(weights)})
        state = {
            "fingerprint": self.fingerprint,
            "rows": self.rows,
            "stopped": self.model.stop_training,
            "memories": memories,
        }
        arrays["state"] = np.frombuffer(json.dumps(state).encode(), dtype=np.uint8)
        with replacing(self.path) as partial, partial.open("wb") as file:
            np.savez(file, **arrays)

    def remove(self) -> None:
        """Delete the file, when what it was kept for has been written."""
        self.path.unlink(missing_ok=True)


def _variables(model: keras.Model) -> list[tuple[str, keras.Variable]]:
    """Return the variables of a model and of its optimizer, with names for the file."""
    both = [*model.variables, *model.optimizer.variables]
    return [(f"variable {number}", variable) for number, variable in enumerate(both)]
