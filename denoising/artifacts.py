"""Files that appear whole or not at all, and that hold the same bytes in every run."""

import contextlib
import errno
import io
import json
import os
import zipfile
from collections.abc import Iterator
from pathlib import Path
from tokenize import TokenError

import numpy as np

from denoising.errors import UserError, first_line

UNFINISHED: set[Path] = set()
"""The temporary files that there are, for a process that ends before they are finished."""

METRIC_DIGITS = 6
NO_SPACE = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
ZIP_EPOCH = (1980, 1, 1, 0, 0, 0)
CARD = "card.json"
MOST_UNPACKED = 20  # times the size of a model's file
CODE = ("Lambda", "TFSMLayer", "__lambda__")  # of Keras's classes, those that run a file's code


@contextlib.contextmanager
def replacing(path: Path | str) -> Iterator[Path]:
    """Yield a temporary path beside `path` that takes its place when the block ends well.

    What a killed process leaves there is overwritten the next time.
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".partial-{path.name}")
    UNFINISHED.add(partial)
    try:
        yield partial
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)
        UNFINISHED.discard(partial)


def existing(path: Path | str) -> Path:
    """Return `path`, or raise `UserError` if an earlier stage has not written it."""
    path = Path(path)
    if not path.is_file():
        raise UserError(
            f"Expected the file {path}, which an earlier stage writes. Received: no such file in "
            f"{Path.cwd()}. Run the stages in order with `dvc repro`, from the repository's root."
        )
    return path


def write_json(path: Path | str, values: dict) -> None:
    """Write metrics as JSON, floats to six digits. NaN and infinity raise `ValueError`."""
    text = json.dumps(_rounded(values), indent=2, allow_nan=False)
    with replacing(path) as partial:
        partial.write_text(text + "\n", encoding="utf-8")


def _rounded(value):
    if isinstance(value, dict):
        return {key: _rounded(item) for key, item in value.items()}
    return float(f"{value:.{METRIC_DIGITS}g}") if isinstance(value, float | np.floating) else value


def read_json(path: Path | str) -> dict:
    """Read a JSON file that a stage wrote."""
    with _reading(path):
        return json.loads(existing(path).read_text(encoding="utf-8"))


@contextlib.contextmanager
def _reading(path: Path | str) -> Iterator[None]:
    """Turn what is raised for a file that is not as it was written into a `UserError`."""
    try:
        yield
    except (ValueError, TypeError, SyntaxError, TokenError, OverflowError, EOFError) as error:
        raise UserError(
            f"Expected in {path} what an earlier stage wrote. Received: {first_line(error)}. "
            "Delete the file; `dvc checkout` or `dvc repro` brings it back."
        ) from None


@contextlib.contextmanager
def writing_array(path: Path | str, shape: tuple[int, ...], dtype: str) -> Iterator[np.ndarray]:
    """Yield a memory-mapped array to fill, for what is too large to hold."""
    with replacing(path) as partial:
        array = np.lib.format.open_memmap(partial, mode="w+", dtype=dtype, shape=shape)
        _reserve(partial)
        yield array
        array.flush()
        del array


def write_array(path: Path | str, array: np.ndarray) -> None:
    """Write an array as ``.npy``."""
    with writing_array(path, array.shape, array.dtype) as written:
        written[...] = array


def _reserve(path: Path) -> None:
    """Take the disk space of a file with holes: a mapped page without space would be a SIGBUS."""
    if hasattr(os, "posix_fallocate"):  # not on macOS
        with path.open("r+b") as file:
            os.posix_fallocate(file.fileno(), 0, path.stat().st_size)


def read_array(path: Path | str) -> np.ndarray:
    """Map an ``.npy`` file into memory, read-only."""
    with _reading(path):
        return np.lib.format.open_memmap(existing(path), mode="r")


def write_values(path: Path | str, values: np.ndarray) -> None:
    """Write numbers as text, one a line, with all their digits."""
    with replacing(path) as partial:
        partial.write_text("".join(f"{value!r}\n" for value in values.tolist()), encoding="utf-8")


def write_csv(path: Path | str, table) -> None:
    """Write a pandas table as CSV."""
    with replacing(path) as partial:
        table.to_csv(partial, index=False, lineterminator="\n", float_format="%.8g")


def read_csv(path: Path | str):
    """Read a pandas table that a stage wrote."""
    import pandas as pd

    with _reading(path):
        return pd.read_csv(existing(path))


def write_figure(path: Path | str, figure) -> None:
    """Write a Matplotlib figure as PNG without the metadata that name the software."""
    with replacing(path) as partial:
        figure.savefig(partial, format="png", metadata={"Software": None})


def write_model(path: Path | str, model, card: dict | None = None) -> None:
    """Write a Keras model uncompiled, in float32, as a ``.keras`` file in canonical form.

    A stock file holds the date, zip times and Python object ids; two saves of one model differ.
    Whatever precision the model was trained in, its variables are float32, so that a float32 copy
    holds the same weights and opens on every backend. What it was trained on, its `card`, is kept
    in the file as JSON; Keras does not look at it.
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


def read_model(path: Path | str):
    """Open a ``.keras`` file without the means to train it on.

    Raises
    ------
    UserError : it is cut short or another file; it holds code, or classes that are not Keras's own;
        it unpacks to far more than there is in it.
    """
    import keras

    path, saved_with = existing(path), "an unknown version"
    try:
        with zipfile.ZipFile(path) as archive:
            _check_size(archive, path)
            saved_with = json.loads(archive.read("metadata.json"))["keras_version"]
            _check_classes(json.loads(archive.read("config.json")))
        return keras.saving.load_model(path, compile=False, safe_mode=True)
    # ZIP, JSON, HDF5, Keras and TensorFlow have many ways to say that something is broken.
    except Exception as error:
        if isinstance(error, OSError) and error.errno in NO_SPACE:  # Keras unpacks weights first
            raise
        raise UserError(
            f"Expected a whole .keras model in {path}, saved with Keras {keras.__version__} or "
            f"earlier. Received: {first_line(error)} (saved with {saved_with})."
        ) from None


def image_shape(model) -> tuple[int | None, ...]:
    """Return the shape of the images that a network takes, (H, W, C), None for any size."""
    return tuple(next(given for given in model.inputs if given.name != "level").shape[1:])


def _check_size(archive: zipfile.ZipFile, path: Path) -> None:
    """Raise `ValueError` where the archive unpacks to far more than the file has."""
    size = sum(member.file_size for member in archive.infolist())
    if size > MOST_UNPACKED * path.stat().st_size:
        raise ValueError(f"{size:,} bytes when unpacked, from {path.stat().st_size:,}")


def _check_classes(config) -> None:
    """Raise `ValueError` where a model's description names code, or what is not Keras's own.

    Keras refuses such, too, but says it at length, and not for classes that are registered.
    """
    if isinstance(config, list):
        for one in config:
            _check_classes(one)
    elif isinstance(config, dict):
        name, module = config.get("class_name"), config.get("module")
        if name in CODE or (module and str(module).partition(".")[0] not in ("keras", "builtins")):
            raise ValueError(f"code of its own, {module}.{name}, which is not run")
        for one in config.values():
            _check_classes(one)


def read_card(path: Path | str) -> dict | None:
    """Return the card of a model, as it is in the file; None where it has none."""
    with zipfile.ZipFile(existing(path)) as file:
        return json.loads(file.read(CARD)) if CARD in file.namelist() else None


def in_float32(model):
    """Return an uncompiled copy of `model` that computes in float32, with the same weights."""

    def plain(value):
        if isinstance(value, dict):
            if value.get("class_name") == "DTypePolicy":
                return value | {"config": {"name": "float32"}}
            return {key: plain(item) for key, item in value.items()}
        return [plain(item) for item in value] if isinstance(value, list | tuple) else value

    copy = type(model).from_config(plain(model.get_config()))
    copy.set_weights(model.get_weights())
    return copy


def _canonical(value):
    if isinstance(value, dict):
        return {
            key: "1980-01-01@00:00:00" if key == "date_saved" else _canonical(item)
            for key, item in value.items()
            if key != "shared_object_id"
        }
    return [_canonical(item) for item in value] if isinstance(value, list) else value
