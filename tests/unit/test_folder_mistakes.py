"""Mistakes in a folder of pictures: reported with the files that they concern."""

import shutil
from pathlib import Path

import pytest

from denoising.datasets import folder as folders
from denoising.datasets.registry import load
from denoising.files.errors import UserError
from tests.support.folders import CLASSES, fill, random_pixels, saved, source


@pytest.fixture
def own(tmp_path, monkeypatch) -> Path:
    """Return the folder of the data set ``pets``, which is not there yet."""
    monkeypatch.chdir(tmp_path)
    return tmp_path / "datasets/pets"


def without_a_class(own):
    shutil.rmtree(own / "cat")


def with_another_class(own):
    fill(own, 1, ["cats"])


def with_an_empty_class(own):
    shutil.rmtree(own / "cat")
    (own / "cat").mkdir()
    (own / "cat/.DS_Store").write_bytes(b"")


def with_other_files(own):
    (own / "cat/notes.txt").write_text("hello")
    (own / "cat/moving.mp4").write_bytes(b"ftyp")


def with_folders_below(own):
    fill(own / "cat", 1, ["small"])


def with_pictures_beside(own):
    saved(own / "lost.png", random_pixels(12, 12, 3))


def with_broken_pictures(own):
    for index in range(6):
        whole = (own / f"cat/{index}.png").read_bytes()
        (own / f"cat/{index}.png").write_bytes(whole[: 200 + index])
        (own / f"dog/{index}.png").write_bytes(b"no picture" + bytes([index]))


def with_an_empty_picture(own):
    (own / "cat/0.png").write_bytes(b"")


def with_a_picture_twice(own):
    shutil.copyfile(own / "cat/0.png", own / "dog/copy.png")


def with_a_dead_link(own):
    (own / "cat/link.png").symlink_to(own / "nowhere.png")


def with_a_circle(own):
    (own / "cat/loop.png").symlink_to(own / "cat/loop.png")


def with_too_few(own):
    for path in (own / "cat").iterdir():
        if path.name != "0.png":
            path.unlink()


def parted(own):
    shutil.move(own, own.with_name("kept"))
    for part in ("train", "test"):
        shutil.copytree(own.with_name("kept"), own / part)


def absent(own):
    shutil.rmtree(own)


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (without_a_class, r"folders in datasets/pets do not match datasets\.pets\.source\.classes"
         r".*without a folder: 'cat'; folders without a class: none"),
        (with_another_class, r"none; folders without .*: 'cats'. To .*: \[.cat., .cats., .dog.]"),
        (with_an_empty_class, "datasets/pets/cat contains no pictures"),
        (with_other_files, r"(?s)end in .png.*cat/moving.mp4\n  datasets/pets/cat/notes.txt"),
        (with_folders_below, r"(?s)other than pictures.*\n  datasets/pets/cat/small"),
        (with_pictures_beside, r"(?s)outside the class folders.*\n  datasets/pets/lost.png"),
        (with_broken_pictures, r"(?s)cannot be used as pictures.*pets/\w+/\d.png.*and 2 more"),
        (with_an_empty_picture, "cat/0.png is not a picture: the file is empty"),
        (with_a_picture_twice, "more than once.*\n.*pets/dog/copy.png = datasets/pets/cat/0"),
        (with_a_dead_link, r"(?s)other than pictures.*\n  datasets/pets/cat/link.png"),
        (with_a_circle, r"(?s)other than pictures.*\n  datasets/pets/cat/loop.png"),
        (with_too_few, r"(?s)for training, validation and test.*at least 3 each.*\n  cat: 1\nAdd"),
        (parted, "'dog', 'cat'; .*: 'test', 'train'. Remove `test`"),
        (absent, "no folder datasets/pets.*dvc add datasets/pets"),
    ],
    ids=lambda value: getattr(value, "__name__", None),
)  # fmt: skip
def test_mistakes_in_a_folder_name_the_files(spoil, message, own):
    fill(own, 6)
    spoil(own)
    with pytest.raises(UserError, match=message) as raised:
        load(source(), "pets", seed=0)
    assert str(raised.value).count("\n") <= 12


@pytest.mark.parametrize(
    ("present", "received"),
    [(CLASSES, "'cat', 'dog'"), (["train", "test", "val"], "'test', 'train', 'val'"), ([], "none")],
)
def test_without_a_number_of_test_images_two_folders_are_expected(present, received, own):
    own.mkdir(parents=True)
    for name in present:
        (own / name).mkdir()
    with pytest.raises(UserError, match=f"has the folders: {received}. Expected train and test"):
        load(source(test=None), "pets", seed=0)


def test_the_same_picture_in_training_and_test_is_refused(own):
    fill(own / "train", 4)
    fill(own / "test", 3)
    shutil.copyfile(own / "train/cat/0.png", own / "test/cat/0.png")
    with pytest.raises(UserError, match=r"train/cat/0\.png = datasets/pets/test/cat/0.png"):
        load(source(test=None), "pets", seed=0)


def test_too_many_pixels_are_refused_before_they_are_read(own, monkeypatch):
    fill(own, 6)
    monkeypatch.setattr(folders, "LARGEST", 1000)
    monkeypatch.setattr(folders, "read_picture", None)
    with pytest.raises(UserError, match=r"12 pictures × 12 × 14 × 3.*at most 1,000 values"):
        load(source(), "pets", seed=0)
