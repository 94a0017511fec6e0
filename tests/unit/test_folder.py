"""A folder of pictures as a data set: its layouts, and the order of its pictures."""

from pathlib import Path

import numpy as np
import pytest
import tifffile
from PIL import Image

from denoising.config.params import known_classes
from denoising.datasets import folder as folders
from denoising.datasets.folder import read
from denoising.datasets.registry import load
from denoising.files.errors import UserError
from denoising.files.folders import LeftOut
from denoising.files.pictures import read_picture
from tests.support.folders import CLASSES, fill, saved, source


@pytest.fixture
def own(tmp_path, monkeypatch) -> Path:
    """Return the folder of the data set ``pets``, which is not there yet."""
    monkeypatch.chdir(tmp_path)
    return tmp_path / "datasets/pets"


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


def test_a_rare_class_is_in_every_split(own):
    fill(own, 3, ["cat"])
    fill(own, 40, ["dog"])
    for split in load(source(), "pets", seed=0).values():
        assert set(split.labels) == {0, 1}


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
    names = [path.name for path in folders.find(source(), own, "pets", LeftOut())[0].images[:3]]
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


def test_files_beside_the_class_folders_are_counted_by_ending(own, capsys):
    fill(own / "train", 4)
    fill(own / "test", 3)
    for name in ("LICENCE.txt", "train/labels.csv", "train/notes.txt", ".hidden.csv"):
        (own / name).write_text("words")
    read(source(test=None), "pets", 0)
    assert "left out: 2 .txt, 1 .csv\n" in capsys.readouterr().out


def test_pictures_without_classes_are_found_at_any_depth(own, capsys):
    fill(own / "2024", 6, ["may", "june"])
    fill(own, 1, ["."])
    (own / "2024/notes.txt").write_text("words")
    splits = load(source(classes=[]), "pets", seed=0)
    assert {name: len(split.images) for name, split in splits.items()} == {
        **{"train": 5, "validation": 4, "test": 4}
    }
    assert {split.labels.dtype for split in splits.values()} == {np.dtype(np.int64)}
    assert not np.concatenate([split.labels for split in splits.values()]).any()
    assert "left out: 1 .txt\n" in capsys.readouterr().out


def test_pictures_without_classes_can_have_a_test_set(own):
    fill(own, 5, ["train", "test/night"])
    train, test = read(source(classes=[], test=None), "pets", 0)
    assert (len(train.images), len(test.images)) == (5, 5)


def test_pictures_of_unequal_size_keep_their_order(own):
    for index in range(40):
        pixels = np.full((11 + index % 7, 13 + index % 5, 3), 6 * index, np.uint8)
        saved(own / f"cat/{index:02}.png", pixels)
        saved(own / f"dog/{index:02}.png", 255 - pixels)
    train, test = read(source(), "pets", 0)
    for split in (train, test):
        for image, label in zip(*split, strict=True):
            assert len(np.unique(image)) == 1
            assert image[0, 0, 0] % 6 == (0 if CLASSES[label] == "cat" else 3)
        cats = split.images[split.labels == CLASSES.index("cat"), 0, 0, 0]
        assert (np.diff(cats.astype(int)) > 0).all()


def test_a_classifier_cannot_learn_without_classes():
    with pytest.raises(UserError, match=r"pets has no classes.*`dvc repro evaluate_reference`"):
        known_classes(source(classes=[]).classes, "pets")
    assert known_classes(CLASSES, "pets") == CLASSES


def test_pictures_of_any_format_that_the_command_reads_are_read(own):
    fill(own, 6)
    pixels = np.full((12, 14, 3), (200, 60, 40), np.uint8)
    image, grey = Image.fromarray(pixels), Image.fromarray(pixels[..., 0])
    image.save(own / "cat/a.bmp")
    image.save(own / "cat/b.ppm")
    image.quantize(4).save(own / "cat/c.png")
    image.convert("CMYK").save(own / "cat/d.jpg", quality=100)
    grey.point(lambda value: value > 9 and 255).convert("1").save(own / "cat/e.png")
    tifffile.imwrite(own / "cat/f.tif", pixels, photometric="rgb", compression="zstd")
    tifffile.imwrite(own / "cat/g.tif", pixels[..., 0] / 255)
    splits = read(source(), "pets", 0)
    images = np.concatenate([split.images for split in splits])
    known = [image for image in images if np.ptp(image.reshape(-1, 3), axis=0).max() == 0]
    means = sorted(image[0, 0].tolist() for image in known)
    assert len(means) == 7
    assert means[5:] == [[200, 200, 200], [255, 255, 255]]
    assert abs(np.array(means[:5]) - (200, 60, 40)).max() < 70  # ink has fewer colours


def test_deep_pictures_of_a_set_have_one_white(own, capsys):
    """A darker picture of a camera of 12 bits stays darker than the others."""
    fill(own, 6)
    for name, value in (("a", 400), ("b", 4000)):
        tifffile.imwrite(own / f"cat/{name}.tif", np.full((12, 14), value, np.uint16))

    def values(**changes) -> list[int]:
        splits = read(source(**changes), "pets", 0)
        images = np.concatenate([split.images for split in splits])
        return sorted(image[0, 0, 0] for image in images if np.ptp(image) == 0)

    assert values() == [round(400 * 255 / 4095), round(4000 * 255 / 4095)]
    assert "Pictures of 16 bits: white at 4095" in capsys.readouterr().out
    assert values(white=16383) == [round(400 * 255 / 16383), round(4000 * 255 / 16383)]


def test_a_white_that_no_picture_can_use_is_reported(own, capsys):
    fill(own, 6)
    read(source(white=4095), "pets", 0)
    assert "`white` is not used: no picture has more than 8 bits." in capsys.readouterr().out
    tifffile.imwrite(own / "cat/a.tif", np.full((12, 14), 4000, np.uint16))
    read(source(white=4095), "pets", 0)
    assert "not used" not in capsys.readouterr().out
    with pytest.raises(
        UserError, match=r"datasets/pets/cat/a.tif: White is given as 400, but 100%"
    ):
        read(source(white=400), "pets", 0)


def test_a_damaged_tiff_of_a_set_is_named(own):
    fill(own, 6)
    path = own / "cat/a.tif"
    tifffile.imwrite(path, np.zeros((12, 14), np.uint8), compression="lzw")
    path.write_bytes(path.read_bytes().replace(b"\x80\x00", b"\xff\xff"))
    with pytest.raises(UserError, match=r"(?s)cannot be used as pictures.*cat/a.tif is damaged"):
        read(source(), "pets", 0)
