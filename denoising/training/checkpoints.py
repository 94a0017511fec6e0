"""Checkpoints: an interrupted training resumes after its last complete epoch, to the same bytes.

Keras's BackupAndRestore loses the state of the other callbacks, so that early stopping, plateaus
and the best weights would start over, and it deletes its file before the model is written.
"""

import hashlib
import io
import json
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import keras
import numpy as np

from denoising.files.atomic import replacing
from denoising.files.source_code import code_hash
from denoising.training import distribution

ROOT = Path(__file__).parents[2]
# The state that EarlyStopping, ReduceLROnPlateau and `Averaging` carry from epoch to epoch:
# numbers, and lists of weights.
REMEMBERED = ("best", "best_epoch", "wait", "stopped_epoch", "cooldown_counter")
WEIGHTS = ("best_weights", "trained_weights")


def training_hash(settings: dict, arrays: Iterable[np.ndarray]) -> str:
    """Hash everything a training depends on: settings, data, code and pinned libraries.

    Parameters
    ----------
    settings : JSON-serialisable values.
    arrays : the data.
    """
    digest = hashlib.blake2b(json.dumps(settings, sort_keys=True).encode())
    for array in arrays:
        digest.update(f"{array.dtype} {array.shape}".encode())
        digest.update(np.ascontiguousarray(array).data)
    for path in [*_loaded_code(), ROOT / "requirements.txt"]:
        digest.update(f"{path.relative_to(ROOT)} {code_hash(path)}".encode())
    return digest.hexdigest()


def _loaded_code() -> list[Path]:
    """Return this project's source files in this process: imported modules and the script."""
    packages = {path.parent.name for path in ROOT.glob("*/__init__.py")}
    modules = [module for name, module in sys.modules.items() if name.split(".")[0] in packages]
    script = getattr(sys.modules["__main__"], "__file__", None)
    files = {Path(module.__file__) for module in modules if module.__file__}
    if script and Path(script).resolve().is_relative_to(ROOT):
        files.add(Path(script).resolve())
    return sorted(files)


class Checkpoint(keras.callbacks.Callback):
    """The state of a training in one file, replaced atomically after every epoch.

    It holds the variables of the model, including the seeds of its layers, and of its optimizer,
    the history, and the state of the other callbacks. It must be the last callback, to see their
    state after the epoch. A file of another training is ignored and a damaged one set aside, each
    with a message.

    Parameters
    ----------
    path : the file, ``.npz``.
    identity : the training's hash, from `training_hash`.

    Attributes
    ----------
    rows : the history: losses and metrics of each epoch.
    """

    def __init__(self, path: Path, identity: str):
        super().__init__()
        self.path, self.identity = path, identity
        self.others: list[keras.callbacks.Callback] = []
        self.rows: list[dict[str, float]] = []
        self._memories: list[dict] = []

    def resume(
        self, model: keras.Model, others: list[keras.callbacks.Callback], epochs: int
    ) -> int:
        """Restore `model` and its optimizer, both built, from the file, if there is one.

        The other callbacks are restored when the training begins, as they reset themselves then.

        Returns
        -------
        the epoch to resume with, from 0; `epochs` if nothing is left to train.
        """
        self.others = others
        content = b""
        if distribution.leads() and self.path.exists():
            content = self.path.read_bytes() or b"empty"  # damaged, not missing
        content = distribution.from_first(content)
        if not content or not (state := self._read(content, model)):
            return 0
        for name, variable in _variables(model):
            variable.assign(state[name])
        self.rows, self._memories = state["rows"], state["memories"]
        print(f"Resuming after epoch {len(self.rows)}, from {self.path}.")
        return epochs if state["stopped"] else len(self.rows)

    def _read(self, content: bytes, model: keras.Model) -> dict[str, Any]:
        """Return the content of the file; empty if it is damaged or of another training."""
        try:
            with np.load(io.BytesIO(content), allow_pickle=False) as file:
                arrays = dict(file)
            state = json.loads(bytes(arrays.pop("state")))
            if state["identity"] != self.identity:
                print(f"Ignoring {self.path}: it belongs to other parameters, data or code.")
                return {}
            for place, memory in enumerate(state["memories"]):
                for name in WEIGHTS:
                    if count := memory.pop(name):
                        memory[name] = [arrays[f"{name} {place} {n}"] for n in range(count)]
            for name, variable in _variables(model):
                if arrays[name].shape != tuple(variable.shape):
                    raise ValueError(f"{name} has the shape {arrays[name].shape}")
        except Exception as error:  # zip files and NumPy report damage in many ways
            aside = self.path.with_suffix(".damaged")
            if distribution.leads():
                self.path.replace(aside)
            print(f"warning: {self.path} is damaged ({error}). It was renamed to {aside}.")
            return {}
        return state | arrays

    def on_train_begin(self, logs: dict | None = None) -> None:
        for callback, memory in zip(self.others, self._memories, strict=False):
            vars(callback).update(memory)

    def on_epoch_end(self, epoch: int, logs: dict | None = None) -> None:
        model = self.model
        assert model is not None
        self.rows.append({name: float(value) for name, value in (logs or {}).items()})
        arrays: dict[str, Any] = {
            name: keras.ops.convert_to_numpy(variable) for name, variable in _variables(model)
        }
        memories = []
        for place, callback in enumerate(self.others):
            known = vars(callback)
            memory = {name: known[name] for name in REMEMBERED if name in known}
            for name in WEIGHTS:
                weights = known.get(name) or []
                arrays |= {f"{name} {place} {n}": value for n, value in enumerate(weights)}
                memory[name] = len(weights)
            memories.append(memory)
        state = {
            "identity": self.identity,
            "rows": self.rows,
            "stopped": model.stop_training,
            "memories": memories,
        }
        if not distribution.leads():
            return
        arrays["state"] = np.frombuffer(json.dumps(state).encode(), dtype=np.uint8)
        with replacing(self.path) as partial, partial.open("wb") as file:
            np.savez(file, **arrays)

    def remove(self) -> None:
        """Delete the file; call this once the outputs of the training are written."""
        if distribution.leads():
            self.path.unlink(missing_ok=True)


def _variables(model: keras.Model) -> list[tuple[str, keras.Variable]]:
    """Return the variables of a model and its optimizer, with their names in the file."""
    both = [*model.variables, *model.optimizer.variables]
    return [(f"variable {number}", variable) for number, variable in enumerate(both)]
