"""Pictures that are brought to one size, depth and number of channels."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from denoising.files.pictures import read_picture
from denoising.files.scaling import resized
from tests.support.cases import fuzz
from tests.support.folders import random_pixels, saved


def at_one_size(path: Path, channels: int) -> np.ndarray:
    picture = read_picture(path)
    return resized(picture, *picture.pixels.shape[:2], channels)


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
