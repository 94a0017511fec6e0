"""A folder of pictures as a data set: which layouts are read, how, and what is refused."""

import shutil
from pathlib import Path

import numpy as np
import pytest
import pyvips
from hypothesis import given
from hypothesis import strategies as st

from denoising.config.sources import FolderSource
from denoising.datasets import folder as folders
from denoising.datasets.folder import read
from denoising.datasets.registry import load
from denoising.files.errors import UserError
from denoising.files.pictures import read_picture
from denoising.files.scaling import resized
from tests.support.cases import fuzz

CLASSES = ["dog", "cat"]
RANDOM = np.random.default_rng(0)


def saved(path: Path, pixels: np.ndarray, mode: str | None = None, orientation: int = 0) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    mode = mode or ("b-w" if pixels.shape[2] < 3 else "srgb")
    image = pyvips.Image.new_from_array(pixels, interpretation=mode).copy()
    if orientation:
        image.set_type(pyvips.GValue.gint_type, "orientation", orientation)
    image.write_to_file(str(path))
    return path


def random_pixels(*shape: int) -> np.ndarray:
    return RANDOM.integers(0, 256, shape, dtype=np.uint8)


def fill(folder: Path, number: int, classes=CLASSES, shape=(12, 14, 3)) -> None:
    """Write `number` random pictures a class, numbered without zeros in front."""
    for name in classes:
        for index in range(number):
            saved(folder / name / f"{index}.png", random_pixels(*shape))


def source(**changes) -> FolderSource:
    values = {"height": 12, "width": 14, "channels": 3, "test": 4, "validation": 4}
    return FolderSource(**{"format": "folder", "classes": CLASSES} | values | changes)


@pytest.fixture
def own(tmp_path, monkeypatch) -> Path:
    """Return the folder of the data set ``pets``, which is not there yet."""
    monkeypatch.chdir(tmp_path)
    return tmp_path / "datasets/pets"


def at_one_size(path: Path, channels: int) -> np.ndarray:
    picture = read_picture(path)
    return resized(picture, *picture.pixels.shape[:2], channels)


def test_pictures_by_class_are_cut_by_the_seed(own):
    fill(own, 10)
    splits = load(source(), "pets", seed=0)
    assert {name: np.bincount(split.labels).tolist() for name, split in splits.items()} == {
        "train": [6, 6],
        "validation": [2, 2],
        "test": [2, 2],
    }
    everything = {image.tobytes() for split in splits.values() for image in split.images}
    assert everything == {read_picture(path).pixels.tobytes() for path in own.glob("*/*")}
    for image, label in zip(*splits["test"], strict=True):
        paths = (own / CLASSES[label]).iterdir()
        assert any(np.array_equal(image, read_picture(path).pixels) for path in paths)
    other = load(source(), "pets", seed=1)
    assert not np.array_equal(splits["test"].images, other["test"].images)


def test_a_separate_test_set_stays_whole(own):
    fill(own / "train", 4)
    fill(own / "test", 3)
    train, test = read(source(test=None), "pets", 0)
    assert np.bincount(train.labels).tolist() == [4, 4]
    assert test.labels.tolist() == [0, 0, 0, 1, 1, 1]
    for index in range(3):
        pixels = read_picture(own / f"test/dog/{index}.png").pixels
        assert np.array_equal(test.images[index], pixels)


def test_pictures_are_read_in_the_order_of_their_names(own, monkeypatch):
    fill(own, 12)
    first = load(source(), "pets", seed=0)
    listed = Path.iterdir
    monkeypatch.setattr(Path, "iterdir", lambda path: sorted(listed(path), reverse=True))
    again = load(source(), "pets", seed=0)
    for name, split in first.items():
        assert np.array_equal(split.images, again[name].images)
    names = [path.name for path in folders.find(source(), own, "pets", 0)[0].images[:3]]
    assert names == sorted(names)


def test_a_link_to_a_folder_elsewhere_is_followed(own, tmp_path):
    fill(tmp_path / "elsewhere", 6)
    own.parent.mkdir()
    own.symlink_to(tmp_path / "elsewhere")
    assert len(load(source(), "pets", seed=0)["test"].labels) == 4


def test_accents_match_in_composed_and_decomposed_form(own):
    classes = ["Zu\u0308rich", "K\u00f6ln"]  # decomposed, composed
    fill(own, 4, ["Z\u00fcrich", "Ko\u0308ln"])
    train, _ = read(source(classes=classes), "pets", 0)
    assert np.bincount(train.labels).tolist() == [2, 2]


def test_files_left_by_operating_systems_are_ignored(own):
    fill(own, 6)
    before = load(source(), "pets", seed=0)
    for name in (".DS_Store", "cat/Thumbs.db", "dog/._0.png", "dog/desktop.ini", "LICENCE.txt"):
        (own / name).write_bytes(b"\0\1")
    (own / ".cache").mkdir()
    after = load(source(), "pets", seed=0)
    assert all(np.array_equal(before[name].images, after[name].images) for name in before)


DEEP = (np.arange(12 * 14 * 3).reshape(12, 14, 3) * 130).astype(np.uint16)


@pytest.mark.parametrize("channels", [1, 3])
def test_sixteen_bits_become_eight(channels, tmp_path):
    path = saved(tmp_path / "a.png", DEEP, "rgb16")
    expected = np.rint(DEEP / 257)
    found = at_one_size(path, channels).astype(float)
    if channels == 1:
        expected = np.rint(DEEP / 257 @ [[0.299], [0.587], [0.114]])
    assert np.array_equal(found, expected)
    grey = saved(tmp_path / "b.png", DEEP[..., :1].copy(), "grey16")
    assert np.array_equal(at_one_size(grey, channels)[..., 0], np.rint(DEEP[..., 0] / 257))


def test_colour_becomes_grey_and_grey_becomes_colour(tmp_path):
    primary = np.repeat(255 * np.eye(3, dtype=np.uint8)[None], 3, axis=0)
    grey = at_one_size(saved(tmp_path / "a.png", primary), 1)
    assert grey[0, :, 0].tolist() == [76, 150, 29]  # Pillow's, too
    pixels = random_pixels(5, 6, 1)
    colour = at_one_size(saved(tmp_path / "b.png", pixels), 3)
    assert np.array_equal(colour, np.repeat(pixels, 3, axis=2))


@pytest.mark.parametrize(("white", "mode"), [(255, "srgb"), (65535, "rgb16")])
def test_transparent_pictures_are_laid_on_white(white, mode, tmp_path):
    kind = np.uint8 if white == 255 else np.uint16
    pixels = np.zeros((2, 3, 4), kind)
    pixels[..., 3] = np.array([[0, white // 2, white]] * 2)
    found = at_one_size(saved(tmp_path / "a.png", pixels, mode), 3)
    assert found[:, 0].min() == 255
    assert found[:, 2].max() == 0
    assert (abs(found[:, 1].astype(int) - 128) <= 1).all()


@pytest.mark.parametrize("ending", ["jpg", "png", "tif", "webp"])
def test_pictures_stand_upright(ending, tmp_path):
    """Orientation 6: the file's first row is the right-hand side."""
    pixels = np.zeros((24, 36, 3), np.uint8)
    pixels[:8] = 255
    picture = read_picture(saved(tmp_path / f"a.{ending}", pixels, orientation=6))
    found = resized(picture, 36, 24, 1)
    assert found[:, 18:].min() > 200
    assert found[:, :14].max() < 60


def test_pictures_are_cropped_to_the_middle_and_averaged(tmp_path):
    pixels = np.zeros((40, 120, 1), np.uint8)
    pixels[:, 40:80] = 255 * (np.indices((40, 40)).sum(axis=0) % 2)[..., None]  # a chessboard
    pixels[:, :40] = 255
    picture = read_picture(saved(tmp_path / "a.png", pixels))
    inside = resized(picture, 10, 10, 1)[2:-2, 2:-2].astype(int)
    assert abs(inside - 127.5).max() < 8
    flat = read_picture(saved(tmp_path / "b.png", np.full((7, 90, 1), 200, np.uint8)))
    assert (resized(flat, 30, 11, 1) == 200).all()


@fuzz("resized pictures")
@given(
    size=st.tuples(st.integers(1, 300), st.integers(1, 300)),
    target=st.tuples(st.integers(11, 80), st.integers(11, 80)),
    bands=st.sampled_from([1, 2, 3, 4]),
    channels=st.sampled_from([1, 3]),
    orientation=st.integers(0, 8),
    value=st.integers(0, 255),
)
def test_pictures_of_any_size_are_resized(
    size, target, bands, channels, orientation, value, tmp_path
):
    pixels = np.full((*size, bands), value, np.uint8)
    if bands in (2, 4):
        pixels[..., -1] = 255
    path = saved(tmp_path / "a.png", pixels, orientation=orientation)
    found = resized(read_picture(path), *target, channels)
    assert found.shape == (*target, channels)
    assert (found == value).all()


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
    (own / "cat/moving.gif").write_bytes(b"GIF89a")


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


def with_few(own):
    """Enough to be cut from, of which the cut leaves none for the test."""
    fill(own, 40, ["dog"])
    (own / "cat/0.png").unlink()


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
        (with_other_files, r"(?s)end in .png.*cat/moving.gif\n  datasets/pets/cat/notes.txt"),
        (with_folders_below, r"(?s)other than pictures.*\n  datasets/pets/cat/small"),
        (with_pictures_beside, r"(?s)outside the class folders.*\n  datasets/pets/lost.png"),
        (with_broken_pictures, r"(?s)cannot be used as pictures.*pets/\w+/\d.png.*and 2 more"),
        (with_an_empty_picture, "cat/0.png is not a picture: the file is empty"),
        (with_a_picture_twice, "more than once.*\n.*pets/dog/copy.png = datasets/pets/cat/0"),
        (with_a_dead_link, r"(?s)other than pictures.*\n  datasets/pets/cat/link.png"),
        (with_a_circle, r"(?s)other than pictures.*\n  datasets/pets/cat/loop.png"),
        (with_too_few, r"(?s)for training, validation and test.*at least 3 each.*\n  cat: 1\nAdd"),
        (with_few, r"(?s)pictures for test.*at least 1 each.*\n  cat: 0\n.*change `test`"),
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
