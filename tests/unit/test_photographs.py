"""Photographs for training and tests: read if they are the right ones; random crops of them."""

import hashlib
from pathlib import Path

import numpy as np
import pytest
from skimage.io import imsave

from denoising.datasets.photographs import PUBLISHERS, folder_hash, read_photographs
from denoising.files.errors import UserError
from studies.photographs.stages._crops import cut
from studies.photographs.stages._settings import (
    Data,
    read_settings,
    read_tests,
    read_training_photographs,
    validation_names,
)

SIDE = 16


@pytest.fixture
def folder(tmp_path, monkeypatch) -> Path:
    """Return a folder of photographs: grey and colour ones, upright and wide."""
    monkeypatch.setenv("DENOISE_RAW_DIR", str(tmp_path))
    found = tmp_path / "photographs" / "train"
    found.mkdir(parents=True)
    random = np.random.default_rng(0)
    for number, shape in enumerate([(20, 30, 3), (30, 20, 3), (24, 24), (17, 40, 3)]):
        imsave(found / f"{number}.png", random.integers(0, 256, shape).astype(np.uint8))
    return found


def settings(folder: Path, **changed) -> Data:
    values = {"train": folder_hash(folder), "tests": {}, "validation": 1, "side": SIDE, "crops": 3}
    return Data(**values | changed)


def test_photographs_are_read_by_name_if_their_hash_is_right(folder):
    found = read_photographs("train", folder_hash(folder))
    assert [*found] == ["0.png", "1.png", "2.png", "3.png"]
    assert found["1.png"].shape == (30, 20, 3)
    assert found["2.png"].shape == (24, 24, 1)


def test_the_hash_is_that_of_the_lines_of_sha256sum(folder):
    (folder / "readme.txt").write_text("is no photograph")
    lines = [
        f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}\n"
        for path in sorted(folder.glob("*.png"))
    ]
    expected = hashlib.sha256("".join(lines).encode()).hexdigest()
    assert folder_hash(folder) == expected


@pytest.mark.parametrize("name", PUBLISHERS)
def test_without_photographs_the_message_says_where_to_get_them(name, folder, tmp_path):
    for path in folder.iterdir():
        path.unlink()
    with pytest.raises(UserError, match="There are no photographs in") as refused:
        read_photographs(name, "0" * 64)
    said = str(refused.value)
    for part in (str(tmp_path / "photographs" / name), "https://", "DENOISE_RAW_DIR"):
        assert part in said


@pytest.mark.parametrize("change", ["renamed", "other", "missing", "more"])
def test_other_photographs_are_refused_with_both_hashes(folder, change):
    digest = folder_hash(folder)
    first = folder / "0.png"
    match change:
        case "renamed":
            first.rename(folder / "00.png")
        case "other":
            imsave(first, np.zeros((20, 30, 3), np.uint8), check_contrast=False)
        case "missing":
            first.unlink()
        case "more":
            (folder / "4.png").write_bytes(first.read_bytes())
    with pytest.raises(UserError, match="are others than expected") as refused:
        read_photographs("train", digest)
    assert digest in str(refused.value)
    assert folder_hash(folder) in str(refused.value)


def test_photographs_with_transparency_are_refused(folder):
    imsave(folder / "0.png", np.zeros((20, 30, 4), np.uint8), check_contrast=False)
    with pytest.raises(UserError, match=r"0\.png is uint8 of shape \(20, 30, 4\)"):
        read_photographs("train", folder_hash(folder))


def test_validation_photographs_are_drawn_by_the_seed():
    names = [f"{number}.jpg" for number in range(100)]
    one, again, other = (validation_names(names, 20, seed) for seed in (0, 0, 1))
    assert len(set(one)) == 20
    assert set(one) < set(names)
    assert one == again
    assert one != other
    with pytest.raises(UserError, match="Cannot hold out 100 of 100"):
        validation_names(names, 100, 0)


def test_training_and_validation_photographs_are_in_colour_and_share_none(folder):
    parts = read_training_photographs(settings(folder), 0)
    assert [len(parts[name]) for name in ("train", "validation")] == [3, 1]
    pixels = {image.tobytes() for part in parts.values() for image in part}
    assert len(pixels) == 4
    assert all(image.shape[2] == 3 for part in parts.values() for image in part)


def test_photographs_smaller_than_a_crop_are_named(folder):
    with pytest.raises(UserError, match=r"18 pixels: 3\.png"):
        read_training_photographs(settings(folder, side=18), 0)


def test_test_photographs_are_read_by_set_and_an_unknown_set_is_refused(folder):
    (folder.parent / "set12").symlink_to(folder)
    found = read_tests(settings(folder, tests={"set12": folder_hash(folder)}))
    assert [*found] == ["set12"]
    assert len(found["set12"]) == 4
    with pytest.raises(UserError, match=r"Unknown sets.*set13"):
        read_tests(settings(folder, tests={"set13": folder_hash(folder)}))


def test_the_study_names_the_hash_of_every_folder():
    data = read_settings().data
    assert {"train", *data.tests} == set(PUBLISHERS)
    assert len({data.train, *data.tests.values()}) == len(PUBLISHERS)


def crops(photographs: list[np.ndarray], number: int, *stream: int | str) -> np.ndarray:
    found = np.empty((len(photographs) * number, SIDE, SIDE, 3), np.uint8)
    cut(photographs, SIDE, number, *stream, into=found)
    return found


def test_crops_are_parts_of_their_photograph_in_all_eight_positions():
    rows, columns = np.indices((40, 60))
    photograph = np.stack([rows, columns, np.zeros_like(rows)], axis=2).astype(np.uint8)
    other = photograph + np.array([0, 0, 9], np.uint8)
    found = crops([photograph, other], 100, 0, "crops").astype(int)
    assert (found[:100, ..., 2] == 0).all()
    assert (found[100:, ..., 2] == 9).all()
    steps = set()
    for crop in found:
        down, right = crop[1, 0] - crop[0, 0], crop[0, 1] - crop[0, 0]
        steps.add((*down[:2].tolist(), *right[:2].tolist()))
        assert len({tuple(pixel) for pixel in crop.reshape(-1, 3).tolist()}) == SIDE**2
    assert len(steps) == 8
    tops = found[..., 0].min(axis=(1, 2))
    assert tops.min() == 0
    assert tops.max() == 40 - SIDE


def test_crops_depend_on_their_stream_alone():
    photographs = [np.random.default_rng(0).integers(0, 256, (30, 40, 3)).astype(np.uint8)]
    one, again, other = (crops(photographs, 8, 0, "crops", epoch) for epoch in (1, 1, 2))
    assert np.array_equal(one, again)
    assert not np.array_equal(one, other)


def test_a_photograph_of_the_size_of_a_crop_is_used_whole():
    photograph = np.random.default_rng(0).integers(0, 256, (SIDE, SIDE, 3)).astype(np.uint8)
    for crop in crops([photograph], 4, 0):
        assert np.array_equal(np.sort(crop.ravel()), np.sort(photograph.ravel()))
