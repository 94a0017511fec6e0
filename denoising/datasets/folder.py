"""A folder of pictures, a sub-folder a class: ``CLASS/*``, or ``train/CLASS/*``, ``test/CLASS/*``.

Each is brought to one size, as `denoising.scaling` says.
"""

import hashlib
import json
import unicodedata
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

import numpy as np
from tqdm import tqdm

from denoising.config.sources import FolderSource
from denoising.datasets.fetch import own_folder
from denoising.datasets.splits import Split, cut
from denoising.files.errors import UserError
from denoising.files.pictures import FORMATS, read_picture
from denoising.files.scaling import resized

LITTER = ("thumbs.db", "desktop.ini")  # and all names that begin with a dot
LARGEST = 2**30
TOLD = 10


def read(source: FolderSource, name: str, seed: int) -> tuple[Split, Split]:
    """Return training and test images; without a `source.test` the folder has parted them."""
    train, test = find(source, own_folder(name), name, seed)
    paths = [*train.images, *test.images]
    _check_memory(source, len(paths))
    _check_each_once(paths)
    images, number = _read_all(source, paths), len(train.labels)
    return Split(images[:number], train.labels), Split(images[number:], test.labels)


def find(source: FolderSource, folder: Path, name: str, seed: int) -> tuple[Split, Split]:
    """Return the paths, (N,), in place of the images of both splits; nothing is read."""
    if not folder.is_dir():
        raise UserError(
            f"Expected the pictures of datasets.{name} in the folder {folder}, a sub-folder a "
            f"class, or a link to them. Received: no such folder in {Path.cwd()}. What is not in "
            f"Git has to be known to DVC, too: `dvc add {folder}` and commit, or `dvc pull`."
        )
    train, test = _parted(source, folder, name, seed)
    _check_counts(source, train, 2, "for training and validation")
    _check_counts(source, test, 1, "for test")
    return train, test


def _parted(source: FolderSource, folder: Path, name: str, seed: int) -> tuple[Split, Split]:
    if source.test is not None:
        whole = _classes(source, folder, name)
        _check_counts(source, whole, 3, "for training, validation and test")
        return cut(whole, source.test, seed, name, "test")
    parts = _folders(folder)
    if set(parts) != {"train", "test"}:
        raise UserError(
            f"Expected the folders train and test alone in {folder}, as datasets.{name}.source "
            f"gives no `test`. Received: {_listed(parts)}. To have test images cut from all, give "
            "`test`, their number; validation images are always cut from those in train."
        )
    return _classes(source, parts["train"], name), _classes(source, parts["test"], name)


def _classes(source: FolderSource, folder: Path, name: str) -> Split:
    """Return the paths of the pictures of each class, sorted by name, and their labels."""
    folders, classes = _folders(folder), [_normal(each) for each in source.classes]
    if set(folders) != set(classes):
        parted = source.test is not None and {"train", "test"} & set(folders) - set(classes)
        raise UserError(
            f"Expected in {folder} a folder for each class that datasets.{name}.source.classes "
            f"names, and no other. Received: without a folder: "
            f"{_listed(one for one in classes if one not in folders)}; without a name there: "
            f"{_listed(one for one in folders if one not in classes)}. "
            + (
                "Leave `test` out where there are folders train and test."
                if parted
                else f"For all that is there: classes: {json.dumps([*folders], ensure_ascii=False)}"
            )
        )
    paths = [_pictures(folders[each]) for each in classes]
    if strange := [path for found in paths for path in found if not _is_picture(path)]:
        raise UserError(
            f"Expected in the folder of a class nothing but pictures, whose names end in "
            f"{', '.join(FORMATS)}. Received:{_lines(strange)}\nConvert them, or move them away."
        )
    labels = np.repeat(np.arange(len(paths)), [len(found) for found in paths])
    return Split(_column(path for found in paths for path in found), labels)


def _folders(folder: Path) -> dict[str, Path]:
    """Return the sub-folders by name; pictures beside them are refused, other files may stay."""
    beside = [path for path in _visible(folder) if not path.is_dir()]
    if lost := [path for path in beside if _is_picture(path)]:
        raise UserError(
            f"Expected each picture in the folder of its class. Received in {folder}:{_lines(lost)}"
        )
    return {_normal(path.name): path for path in _visible(folder) if path.is_dir()}


def _pictures(folder: Path) -> list[Path]:
    if not (found := _visible(folder)):
        raise UserError(f"Expected pictures in {folder}. Received: an empty folder")
    return found


def _visible(folder: Path) -> list[Path]:
    """Return what is in a folder, sorted by name, in whatever form the disk keeps accents."""
    try:
        paths = sorted(folder.iterdir(), key=lambda path: _normal(path.name))
    except OSError as error:
        raise UserError(f"Expected to look into {folder}. Received: {error.strerror}") from None
    return [
        path for path in paths if not path.name.startswith(".") and path.name.lower() not in LITTER
    ]


def _normal(name: str) -> str:
    return unicodedata.normalize("NFC", name)


def _is_picture(path: Path) -> bool:
    return path.suffix.lower() in FORMATS and path.is_file()


def _column(paths: Iterable[Path]) -> np.ndarray:
    return np.array([*paths, None], dtype=object)[:-1]


def _check_memory(source: FolderSource, number: int) -> None:
    if number * source.height * source.width * source.channels > LARGEST:
        raise UserError(
            f"Expected at most {LARGEST:,} values, pictures × height × width × channels. Received: "
            f"{number:,} × {source.height} × {source.width} × {source.channels}. Make them smaller."
        )


def _check_counts(source: FolderSource, files: Split, least: int, purpose: str) -> None:
    counts = np.bincount(files.labels, minlength=len(source.classes))
    rare = [f"{one}: {n}" for one, n in zip(source.classes, counts, strict=True) if n < least]
    if rare:
        raise UserError(
            f"Expected at least {least} of each class {purpose}. Received:{_lines(rare)}\n"
            "Add pictures, or change `test` if it is given."
        )


def _check_each_once(paths: list[Path]) -> None:
    """Refuse files with the same bytes: a test on what was trained on tells nothing."""
    by_size = defaultdict(list)
    for path in paths:
        by_size[path.stat().st_size].append(path)
    alike = defaultdict(list)
    for size, group in by_size.items():
        for path in group if size and len(group) > 1 else ():
            alike[_digest(path)].append(str(path))
    if twice := [" = ".join(group) for group in alike.values() if len(group) > 1]:
        raise UserError(
            "Expected each picture once: one that is both trained and tested on, or in two "
            f"classes, falsifies the results. Received the same bytes in:{_lines(twice)}\n"
            "Remove all but one of each."
        )


def _digest(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "blake2b").digest()
    except OSError as error:
        raise UserError(f"Expected a picture in {path}. Received: {error.strerror}") from None


def _read_all(source: FolderSource, paths: list[Path]) -> np.ndarray:
    """Read and resize pictures; all that cannot be read are told of at once."""
    shape = (source.height, source.width, source.channels)
    images = np.empty((len(paths), *shape), dtype=np.uint8)
    mistakes = []
    for image, path in zip(images, tqdm(paths, "pictures"), strict=True):
        try:
            image[...] = resized(read_picture(path), *shape)
        except UserError as error:
            mistakes.append(str(error))
    if mistakes:
        raise UserError("Some files are no pictures that can be used:" + _lines(mistakes))
    return images


def _lines(things: list) -> str:
    """Return things as lines of their own, the first ten and how many more there are."""
    more = [f"and {len(things) - TOLD} more"] if len(things) > TOLD else []
    return "".join(f"\n  {thing}" for thing in [*things[:TOLD], *more])


def _listed(names: Iterable[str]) -> str:
    return ", ".join(map(repr, names)) or "none"
