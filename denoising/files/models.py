"""Keras models as ``.keras`` files: canonical bytes, and nothing opened that runs code."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from denoising.files.atomic import NO_SPACE, existing, replacing
from denoising.files.errors import UserError, first_line

if TYPE_CHECKING:
    import keras

ZIP_EPOCH = (1980, 1, 1, 0, 0, 0)
CARD = "card.json"
MOST_UNPACKED = 20  # times the size of the file
CODE = ("Lambda", "TFSMLayer", "__lambda__")  # the Keras classes that run a file's code


def write_model(path: Path | str, model: keras.Model, card: dict | None = None) -> None:
    """Write an uncompiled float32 copy of a Keras model as a canonical ``.keras`` file.

    Two stock saves of one model differ in their date, zip times and Python object ids; here they
    are removed. Variables are float32 whatever precision the model was trained in, so that the
    file opens on every backend. The `card`, a description of the training data, is stored as JSON
    inside the file; Keras ignores it.
    """
    with replacing(path) as partial:
        in_float32(model).save(partial)
        stock = io.BytesIO(partial.read_bytes())
        with zipfile.ZipFile(stock) as source, zipfile.ZipFile(partial, "w") as target:
            for name in sorted(source.namelist()):
                content = source.read(name)
                if name.endswith(".json"):
                    content = json.dumps(_canonical(json.loads(content)), sort_keys=True).encode()
                target.writestr(zipfile.ZipInfo(name, ZIP_EPOCH), content)
            if card:
                text = json.dumps(card, ensure_ascii=False, sort_keys=True)
                target.writestr(zipfile.ZipInfo(CARD, ZIP_EPOCH), text)


def in_float32(model: keras.Model) -> keras.Model:
    """Return an uncompiled copy of `model` that computes in float32, with the same weights."""

    def plain(value: Any) -> Any:
        if isinstance(value, dict):
            if value.get("class_name") == "DTypePolicy":
                return value | {"config": {"name": "float32"}}
            return {key: plain(item) for key, item in value.items()}
        return [plain(item) for item in value] if isinstance(value, list | tuple) else value

    copy = type(model).from_config(plain(model.get_config()))
    copy.set_weights(model.get_weights())
    return copy


def _canonical(value: Any) -> Any:
    """Return a model's JSON without the parts that differ from save to save."""
    if isinstance(value, dict):
        return {
            key: "1980-01-01@00:00:00" if key == "date_saved" else _canonical(item)
            for key, item in value.items()
            if key != "shared_object_id"
        }
    return [_canonical(item) for item in value] if isinstance(value, list) else value


def read_model(path: Path | str) -> keras.Model:
    """Open a ``.keras`` file.

    Raises
    ------
    UserError
        The file is truncated or of another format; it holds code, or classes that are not Keras's
        own; it would unpack to far more than its size.
    """
    import keras

    path, saved_with = existing(path), "an unknown version"
    try:
        with zipfile.ZipFile(path) as archive:
            _check_size(archive, path)
            saved_with = json.loads(archive.read("metadata.json"))["keras_version"]
            _check_classes(json.loads(archive.read("config.json")))
        return keras.saving.load_model(path, compile=False, safe_mode=True)  # pyright: ignore[reportReturnType]
    # ZIP, JSON, HDF5, Keras and TensorFlow report damage in many ways.
    except Exception as error:
        if isinstance(error, OSError) and error.errno in NO_SPACE:  # Keras unpacks weights first
            raise
        raise UserError(
            f"{path} is not a complete .keras model: {first_line(error)}. It was saved with Keras "
            f"{saved_with}. Expected Keras {keras.__version__} or earlier. Train it again with "
            "`dvc repro`, or save it again with Keras's own layers."
        ) from None


def _check_size(archive: zipfile.ZipFile, path: Path) -> None:
    """Raise `ValueError` if the archive would unpack to far more than the file's size."""
    size = sum(member.file_size for member in archive.infolist())
    if size > MOST_UNPACKED * path.stat().st_size:
        raise ValueError(f"it unpacks to {size:,} bytes, from {path.stat().st_size:,}")


def _check_classes(config: Any) -> None:
    """Raise `ValueError` if a model's description names code or a class outside Keras.

    Keras refuses these too, but at length, and not if the class is registered.
    """
    if isinstance(config, list):
        for item in config:
            _check_classes(item)
    elif isinstance(config, dict):
        name, module = config.get("class_name"), config.get("module")
        if name in CODE or (module and str(module).partition(".")[0] not in ("keras", "builtins")):
            raise ValueError(f"it contains code, {module}.{name}, which is never run")
        for item in config.values():
            _check_classes(item)


def read_card(path: Path | str) -> dict | None:
    """Return the card of a model as stored in its file; None if it has none."""
    with zipfile.ZipFile(existing(path)) as file:
        return json.loads(file.read(CARD)) if CARD in file.namelist() else None
