"""A folder of pictures, one sub-folder per class: ``CLASS/*``, or ``{train,test}/CLASS/*``.

Without classes, for denoising alone: all pictures in it, or in its sub-folders ``train`` and
``test``, at any depth. All pictures are brought to one size, see `denoising.files.scaling`.
"""

import json
import unicodedata
from collections.abc import Iterable
from pathlib import Path

import numpy as np

from denoising.config.sources import FolderSource
from denoising.datasets.decoding import read_all
from denoising.datasets.fetch import own_folder
from denoising.datasets.repeated import list_path, without_repeated
from denoising.datasets.splits import Split, cut
from denoising.files.errors import UserError, indented
from denoising.files.folders import LeftOut, is_litter, is_picture, looks_like_picture, search
from denoising.files.formats import READ_ENDINGS

WHOLE, PARTED = "for training, validation and test", "for training and validation"
TEST = "for the test"


def read(source: FolderSource, name: str, seed: int) -> tuple[Split, Split]:
    """Return training and test images; print what was left out of the folder.

    `source.test` images are cut out for the test; without it, the folder has ``train`` and
    ``test``.

    Raises
    ------
    UserError
        Folders do not match the classes, a class has too few pictures, or a picture is unreadable
        or occurs twice.
    """
    left_out = LeftOut()
    parts = find(source, own_folder(name), name, left_out)
    parts, dropped = _each_once(source, parts, name)
    if len(parts) == 1:
        _check_counts(source, parts[0], 3, WHOLE, dropped)
        parts = cut(parts[0], source.test or 0, seed, name, "test", leave=2)
    train, test = parts
    _check_counts(source, train, 2, PARTED, dropped)
    _check_counts(source, test, 1, TEST, dropped)
    images, number = read_all(source, [*train.images, *test.images]), len(train.labels)
    for line in left_out.lines():
        print(line)
    return Split(images[:number], train.labels), Split(images[number:], test.labels)


def find(source: FolderSource, folder: Path, name: str, left_out: LeftOut) -> list[Split]:
    """Return all pictures, or those of training and test, with paths, (N,), instead of images.

    Nothing is read. Files that are passed over are added to `left_out`.
    """
    if not folder.is_dir():
        below = ", one sub-folder per class" if source.classes else ""
        raise UserError(
            f"There is no folder {folder} in {Path.cwd()}. Expected the pictures of "
            f"datasets.{name}{below}, or a link to them. Put new pictures "
            f"there, run `dvc add {folder}` and commit; in a clone, get them with `dvc pull`."
        )
    pictures = _classes if source.classes else _all_below
    if source.test is not None:
        return [pictures(source, folder, name, left_out)]
    parts = _folders(folder, left_out)
    if set(parts) != {"train", "test"}:
        raise UserError(
            f"{folder} has the folders: {_listed(parts)}. Expected train and test only, because "
            f"datasets.{name}.source has no `test`. To cut the test images from all pictures, set "
            "`test` to their number."
        )
    return [pictures(source, parts[part], name, left_out) for part in ("train", "test")]


def _all_below(source: FolderSource, folder: Path, name: str, left_out: LeftOut) -> Split:
    """Return the paths of all pictures below a folder, by name; they all have the label 0."""
    if source.test is not None and {one.name for one in _visible(folder)} == {"train", "test"}:
        raise UserError(
            f"{folder} has the folders train and test, but datasets.{name}.source cuts test images "
            "out of all pictures. Remove `test` to use the folders train and test."
        )
    found = LeftOut()
    paths = sorted(search(folder, found), key=lambda path: _normal(str(path)))
    if found.alarming:
        raise UserError(
            f"{folder} contains files that look like pictures but have none of the endings "
            f"{READ_ENDINGS}, or folders that cannot be listed:"
            f"{indented([*found.lookalikes, *found.unread])}\n"
            "Convert these files, or move them away."
        )
    if not paths:
        raise UserError("\n".join([f"{folder} contains no pictures. Add some.", *found.lines()]))
    left_out.others += found.others
    return Split(_column(paths), np.zeros(len(paths), dtype=np.int64))


def _classes(source: FolderSource, folder: Path, name: str, left_out: LeftOut) -> Split:
    """Return the paths of the pictures, by class and then by name, and their labels."""
    folders, classes = _folders(folder, left_out), [_normal(each) for each in source.classes]
    if not folders:
        raise UserError(f"{folder} contains no folders. Expected one per class: {_listed(classes)}")
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
    if strange := [path for found in paths for path in found if not is_picture(path)]:
        raise UserError(
            "Class folders contain something other than pictures, whose names end in "
            f"{READ_ENDINGS}:{indented(strange)}\nConvert these files, or move them away."
        )
    labels = np.repeat(np.arange(len(paths)), [len(found) for found in paths])
    return Split(_column(path for found in paths for path in found), labels)


def _folders(folder: Path, left_out: LeftOut) -> dict[str, Path]:
    """Return the sub-folders by name. Pictures beside them are an error, other files are not."""
    beside = [path for path in _visible(folder) if not path.is_dir()]
    if lost := [path for path in beside if looks_like_picture(path)]:
        raise UserError(
            f"{folder} contains pictures outside the class folders:{indented(lost)}\n"
            "Move each into the folder of its class."
        )
    left_out.others += beside
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
    return [path for path in paths if not is_litter(path.name)]


def _normal(name: str) -> str:
    """Return a name in one Unicode form: file systems store accents composed or decomposed."""
    return unicodedata.normalize("NFC", name)


def _column(paths: Iterable[Path]) -> np.ndarray:
    return np.array([*paths, None], dtype=object)[:-1]


def _check_counts(
    source: FolderSource, files: Split, least: int, purpose: str, dropped: str
) -> None:
    """Raise `UserError` if a class has too few pictures; `dropped` are words about a reason."""
    names = source.classes or ["pictures"]
    counts = np.bincount(files.labels, minlength=len(names))
    rare = [f"{one}: {n}" for one, n in zip(names, counts, strict=True) if n < least]
    if rare and not source.classes:
        raise UserError(
            f"There are too few pictures {purpose}{dropped}. Expected at least {least}. Found "
            f"{counts[0]}. Add some."
        )
    if rare:
        raise UserError(
            f"Some classes have too few pictures {purpose}{dropped}. Expected at least {least} "
            f"each. Found:{indented(rare)}\nAdd pictures, or remove these classes."
        )


def _each_once(source: FolderSource, parts: list[Split], name: str) -> tuple[list[Split], str]:
    """Return the parts without repeated pictures, and words about these.

    They are refused unless they are to be dropped, as they falsify the results.
    """
    kept, alike = without_repeated(parts, name)
    if not alike:
        return parts, ""
    if source.repeated == "refuse":
        raise UserError(
            "Some pictures occur more than once, with the same bytes. In training and test, or in "
            "two classes, they falsify the results:"
            f"{indented([' = '.join(map(str, group)) for group in alike])}\n"
            f"{list_path(name)} lists all of them. Keep one of each, or set `repeated: drop` in "
            f"datasets.{name}.source."
        )
    fewer = sum(len(part.labels) for part in parts) - sum(len(part.labels) for part in kept)
    some = f"{fewer:,} repeated picture{'s' * (fewer > 1)}"
    print(f"dropped {some}; {list_path(name)} lists all that are repeated")
    return kept, f", without {some} ({list_path(name)})"


def _listed(names: Iterable[str]) -> str:
    return ", ".join(map(repr, names)) or "none"
