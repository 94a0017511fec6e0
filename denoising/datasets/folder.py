"""A folder of pictures, one sub-folder per class: ``CLASS/*``, or ``{train,test}/CLASS/*``.

All pictures are brought to one size, see `denoising.files.scaling`.
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
from denoising.files.formats import READ, READ_ENDINGS
from denoising.files.pictures import read_picture
from denoising.files.scaling import resized

LITTER = ("thumbs.db", "desktop.ini")  # ignored, like all names that begin with a dot
LARGEST = 2**30  # values in memory
MOST_LISTED = 10
DEEPEST = 65535.0  # white of 16 bits


def read(source: FolderSource, name: str, seed: int) -> tuple[Split, Split]:
    """Return training and test images.

    `source.test` images are cut out for the test; without it, the folder has ``train`` and
    ``test``.

    Raises
    ------
    UserError
        Folders do not match the classes, a class has too few pictures, a picture is unreadable or
        occurs twice, or there are too many pictures for memory.
    """
    train, test = find(source, own_folder(name), name, seed)
    paths = [*train.images, *test.images]
    _check_memory(source, len(paths))
    _check_each_once(paths)
    images, number = _read_all(source, paths), len(train.labels)
    return Split(images[:number], train.labels), Split(images[number:], test.labels)


def find(source: FolderSource, folder: Path, name: str, seed: int) -> tuple[Split, Split]:
    """Return training and test splits with paths, (N,), instead of images; nothing is read."""
    if not folder.is_dir():
        raise UserError(
            f"There is no folder {folder} in {Path.cwd()}. Expected the pictures of "
            f"datasets.{name}, one sub-folder per class, or a link to them. Put new pictures "
            f"there, run `dvc add {folder}` and commit; in a clone, get them with `dvc pull`."
        )
    train, test = _parted(source, folder, name, seed)
    _check_counts(source, train, 2, "for training and validation")
    return train, test


def _parted(source: FolderSource, folder: Path, name: str, seed: int) -> tuple[Split, Split]:
    if source.test is not None:
        whole = _classes(source, folder, name)
        _check_counts(source, whole, 3, "for training, validation and test")
        return cut(whole, source.test, seed, name, "test", leave=2)
    parts = _folders(folder)
    if set(parts) != {"train", "test"}:
        raise UserError(
            f"{folder} has the folders: {_listed(parts)}. Expected train and test only, because "
            f"datasets.{name}.source has no `test`. To cut the test images from all pictures, set "
            "`test` to their number."
        )
    return _classes(source, parts["train"], name), _classes(source, parts["test"], name)


def _classes(source: FolderSource, folder: Path, name: str) -> Split:
    """Return the paths of the pictures, by class and then by name, and their labels."""
    folders, classes = _folders(folder), [_normal(each) for each in source.classes]
    if set(folders) != set(classes):
        parted = source.test is not None and {"train", "test"} & set(folders) - set(classes)
        raise UserError(
            f"The folders in {folder} do not match datasets.{name}.source.classes. "
            f"Classes without a folder: {_listed(one for one in classes if one not in folders)}; "
            f"folders without a class: {_listed(one for one in folders if one not in classes)}. "
            + (
                "Remove `test` to use the folders train and test."
                if parted
                else f"To use all folders: classes: {json.dumps([*folders], ensure_ascii=False)}"
            )
        )
    paths = [_pictures(folders[each]) for each in classes]
    if strange := [path for found in paths for path in found if not _is_picture(path)]:
        raise UserError(
            "Class folders contain something other than pictures, whose names end in "
            f"{READ_ENDINGS}:{_lines(strange)}\nConvert these files, or move them away."
        )
    labels = np.repeat(np.arange(len(paths)), [len(found) for found in paths])
    return Split(_column(path for found in paths for path in found), labels)


def _folders(folder: Path) -> dict[str, Path]:
    """Return the sub-folders by name. Pictures beside them are an error, other files are not."""
    beside = [path for path in _visible(folder) if not path.is_dir()]
    if lost := [path for path in beside if _is_picture(path)]:
        raise UserError(
            f"{folder} contains pictures outside the class folders:{_lines(lost)}\n"
            "Move each into the folder of its class."
        )
    return {_normal(path.name): path for path in _visible(folder) if path.is_dir()}


def _pictures(folder: Path) -> list[Path]:
    if not (found := _visible(folder)):
        raise UserError(f"{folder} contains no pictures. Add some, or remove the class.")
    return found


def _visible(folder: Path) -> list[Path]:
    """Return the entries of a folder that are not ignored, sorted by normalised name."""
    try:
        paths = sorted(folder.iterdir(), key=lambda path: _normal(path.name))
    except OSError as error:
        raise UserError(
            f"Cannot list the folder {folder}: {error.strerror}. Fix its permissions."
        ) from None
    return [
        path for path in paths if not path.name.startswith(".") and path.name.lower() not in LITTER
    ]


def _normal(name: str) -> str:
    """Return a name in one Unicode form: file systems store accents composed or decomposed."""
    return unicodedata.normalize("NFC", name)


def _is_picture(path: Path) -> bool:
    return path.suffix.lower() in READ and path.is_file()


def _column(paths: Iterable[Path]) -> np.ndarray:
    return np.array([*paths, None], dtype=object)[:-1]


def _check_memory(source: FolderSource, number: int) -> None:
    if number * source.height * source.width * source.channels > LARGEST:
        raise UserError(
            f"The data set is too large: {number:,} pictures × {source.height} × {source.width} × "
            f"{source.channels}. Expected at most {LARGEST:,} values. Use fewer pictures, or a "
            "smaller `height` and `width`."
        )


def _check_counts(source: FolderSource, files: Split, least: int, purpose: str) -> None:
    counts = np.bincount(files.labels, minlength=len(source.classes))
    rare = [f"{one}: {n}" for one, n in zip(source.classes, counts, strict=True) if n < least]
    if rare:
        raise UserError(
            f"Some classes have too few pictures {purpose}. Expected at least {least} each. "
            f"Found:{_lines(rare)}\nAdd pictures, or remove these classes."
        )


def _check_each_once(paths: list[Path]) -> None:
    """Raise `UserError` for files with the same bytes: training images must not be tested on."""
    by_size = defaultdict(list)
    for path in paths:
        by_size[path.stat().st_size].append(path)
    alike = defaultdict(list)
    for size, group in by_size.items():
        for path in group if size and len(group) > 1 else ():
            alike[_digest(path)].append(str(path))
    if twice := [" = ".join(group) for group in alike.values() if len(group) > 1]:
        raise UserError(
            "Some pictures occur more than once, with the same bytes. In training and test, or in "
            f"two classes, they falsify the results:{_lines(twice)}\nKeep one of each."
        )


def _digest(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "blake2b").digest()
    except OSError as error:
        raise UserError(f"Cannot read {path}: {error.strerror}. Fix its permissions.") from None


def _read_all(source: FolderSource, paths: list[Path]) -> np.ndarray:
    """Read and resize pictures; one error names all unreadable ones."""
    shape = (source.height, source.width, source.channels)
    images = np.empty((len(paths), *shape), dtype=np.uint8)
    mistakes, whites = [], {}
    for number, path in enumerate(tqdm(paths, "pictures")):
        try:
            picture = read_picture(path, source.white)
            images[number] = resized(picture, *shape)
        except UserError as error:
            mistakes.append(str(error))
            continue
        if picture.stored == np.uint16 and source.white is None:
            whites[number] = picture.scale.white
    if mistakes:
        raise UserError(
            f"Some files cannot be used as pictures:{_lines(mistakes)}\nReplace or remove them."
        )
    if (white := max(whites.values(), default=DEEPEST)) < DEEPEST:
        print(f"Pictures of 16 bits: white at {white:g}, as no value is above. `white` sets it.")
    for number, found in whites.items():  # a darker picture must not become brighter than others
        if found < white:
            images[number] = resized(read_picture(paths[number], white), *shape)
    return images


def _lines(things: list) -> str:
    """Return the first ten things on indented lines, and the number of the others."""
    rest = len(things) - MOST_LISTED
    more = [f"and {rest} more"] if rest > 0 else []
    return "".join(f"\n  {thing}" for thing in [*things[:MOST_LISTED], *more])


def _listed(names: Iterable[str]) -> str:
    return ", ".join(map(repr, names)) or "none"
