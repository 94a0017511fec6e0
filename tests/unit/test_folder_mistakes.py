"""Mistakes in a folder of pictures: reported with the files that they concern."""

import csv
import shutil
import sys
from pathlib import Path

import numpy as np
import pytest

from denoising.datasets import decoding
from denoising.datasets.registry import load
from denoising.files.errors import UserError
from denoising.files.pictures import read_picture
from tests.support.disk import largest_file
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


def with_a_raw_picture_beside(own):
    (own / "IMG_1.CR2").write_bytes(b"\0\0\0\x18ftypheic")


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


def without_any_class(own):
    shutil.rmtree(own)
    own.mkdir()


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
        (without_any_class, "datasets/pets contains no folders. Expected one per class: 'dog', "),
        (with_another_class, r"none; folders without .*: 'cats'. To .*: \[.cat., .cats., .dog.]"),
        (with_an_empty_class, "datasets/pets/cat contains no pictures"),
        (with_other_files, r"(?s)end in .png.*cat/moving.mp4\n  datasets/pets/cat/notes.txt"),
        (with_folders_below, r"(?s)other than pictures.*\n  datasets/pets/cat/small"),
        (with_pictures_beside, r"(?s)outside the class folders.*\n  datasets/pets/lost.png"),
        (with_a_raw_picture_beside, r"(?s)outside the class folders.*\n  datasets/pets/IMG_1.CR2"),
        (with_broken_pictures, r"(?s)cannot be used as pictures.*pets/\w+/\d.png.*and 2 more"),
        (with_an_empty_picture, "cat/0.png is not a picture: the file is empty"),
        (with_a_picture_twice, r"(?s)more than once.*\n.*pets/dog/copy.png = datasets/pets/cat/0"
         r".*logs/repeated/pets.csv lists all of them.*`repeated: drop`"),
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
    ("spoil", "message"),
    [
        (with_too_few, r"too few pictures for training, validation and test.*least 3\. Found 1"),
        (with_a_raw_picture_beside, r"(?s)look like pictures.*\n  datasets/pets/IMG_1.CR2"),
        (parted, "has the folders train and test.*Remove `test`"),
        (absent, "no folder datasets/pets .*Expected the pictures of datasets.pets, or a link"),
    ],
    ids=lambda value: getattr(value, "__name__", None),
)
def test_mistakes_in_a_folder_without_classes_name_the_files(spoil, message, own):
    fill(own, 6)
    spoil(own)
    if spoil is with_too_few:
        shutil.rmtree(own / "dog")
    with pytest.raises(UserError, match=message):
        load(source(classes=[]), "pets", seed=0)


def test_all_repeated_pictures_are_listed_in_a_file(own):
    fill(own, 30)
    for index in range(20):
        shutil.copyfile(own / f"cat/{index}.png", own / f"cat/copy {index}.png")
    with pytest.raises(UserError, match="and 10 more"):
        load(source(), "pets", seed=0)
    with Path("logs/repeated/pets.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 40
    assert sorted({int(row["group"]) for row in rows}) == list(range(1, 21))
    assert {row["path"] for row in rows if row["kept"] == "0"} == {
        f"datasets/pets/cat/copy {index}.png" for index in range(20)
    }


def test_repeated_pictures_can_be_dropped(own, capsys):
    fill(own, 6)
    before = load(source(), "pets", seed=0)
    shutil.copyfile(own / "cat/0.png", own / "cat/copy.png")
    shutil.copyfile(own / "cat/0.png", own / "cat/copy of the copy.png")
    after = load(source(repeated="drop"), "pets", seed=0)
    assert "dropped 2 repeated pictures; logs/repeated/pets.csv lists" in capsys.readouterr().out
    for name in before:
        assert np.array_equal(before[name].images, after[name].images)


def test_a_dropped_picture_in_two_classes_is_in_neither(own):
    fill(own, 6)
    shutil.copyfile(own / "cat/0.png", own / "dog/copy.png")
    pixels = read_picture(own / "dog/copy.png").pixels
    splits = load(source(repeated="drop"), "pets", seed=0).values()
    assert sum(len(split.images) for split in splits) == 11
    assert not any(np.array_equal(one, pixels) for split in splits for one in split.images)


def test_a_dropped_picture_in_training_and_test_stays_in_the_test(own):
    fill(own / "train", 4)
    fill(own / "test", 3)
    shutil.copyfile(own / "train/cat/0.png", own / "test/cat/copy.png")
    splits = load(source(test=None, repeated="drop"), "pets", seed=0)
    assert len(splits["test"].images) == 7
    pixels = read_picture(own / "test/cat/copy.png").pixels
    assert sum(np.array_equal(one, pixels) for one in splits["test"].images) == 1
    rest = [*splits["train"].images, *splits["validation"].images]
    assert not any(np.array_equal(one, pixels) for one in rest)


def all_cats_among_the_dogs(own):
    for index in range(6):
        shutil.copyfile(own / f"cat/{index}.png", own / f"dog/cat {index}.png")


def test_a_class_that_is_empty_without_repeated_pictures_is_named_with_the_reason(own):
    fill(own, 6)
    all_cats_among_the_dogs(own)
    expected = (
        r"too few pictures for training, validation and test, without 12 repeated pictures "
        r"\(logs/repeated/pets.csv\)\. Expected at least 3 each\. Found:\n  cat: 0\n"
    )
    with pytest.raises(UserError, match=expected):
        load(source(repeated="drop"), "pets", seed=0)


def test_a_test_set_that_is_empty_without_repeated_pictures_is_named_with_the_reason(own):
    fill(own / "train", 6)
    fill(own / "test", 1)
    shutil.copyfile(own / "test/cat/0.png", own / "test/dog/0.png")
    with pytest.raises(UserError, match=r"for the test, without 2 repeated .*\n  dog: 0\n  cat: 0"):
        load(source(test=None, repeated="drop"), "pets", seed=0)


def test_too_many_held_out_without_classes_are_refused_without_a_word_about_classes(own):
    fill(own, 6)
    with pytest.raises(UserError, match=r"out 20 of 12 images\. Expected from 1 to 10\. Change"):
        load(source(classes=[], test=20), "pets", seed=0)


def test_links_to_folders_in_place_of_pictures_are_named(own, tmp_path):
    fill(tmp_path / "elsewhere", 6)
    own.mkdir(parents=True)
    (own / "all").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(UserError, match=r"no pictures. Add some.\nleft out: 1 link to a folder"):
        load(source(classes=[]), "pets", seed=0)


def test_a_list_of_repeated_pictures_is_removed_once_there_are_none(own):
    fill(own, 6)
    copy = own / "cat/copy.png"
    shutil.copyfile(own / "cat/0.png", copy)
    load(source(repeated="drop"), "pets", seed=0)
    copy.unlink()
    load(source(), "pets", seed=0)
    assert not Path("logs/repeated/pets.csv").exists()


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


@pytest.mark.skipif(
    sys.platform != "linux", reason="the space of a file is reserved on Linux alone"
)
def test_too_many_pixels_for_the_disk_are_refused_before_they_are_read(own, monkeypatch):
    fill(own, 6)
    monkeypatch.setattr(decoding, "_read_some", None)
    with largest_file(12 * 12 * 14 * 3 - 1), pytest.raises(OSError, match="File too large"):
        load(source(), "pets", seed=0)
