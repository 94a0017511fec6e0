"""Users' pictures: read and written without loss, or refused with the reason."""

import numpy as np
import pytest
import pyvips

from denoising.files.errors import UserError
from denoising.files.folders import LeftOut, search
from denoising.files.pictures import read_picture, write_picture
from tests.support.folders import saved

RGB = np.random.default_rng(0).integers(0, 256, (40, 60, 3), dtype=np.uint8)
ORIENTATION, PROFILE = "orientation", "icc-profile-data"


def test_other_formats_of_libvips_are_refused(tmp_path):
    path = tmp_path / "drawn.png"
    path.write_text('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"></svg>')
    with pytest.raises(UserError, match="Expected "):
        read_picture(path)


DEEP = (RGB.astype(np.uint16) * 257) + 3
WITH_ALPHA = np.concatenate([RGB, RGB[..., :1]], axis=2)


@pytest.mark.parametrize("ending", ["png", "tif"])
@pytest.mark.parametrize(
    ("pixels", "mode"),
    [
        (RGB[..., :1], "b-w"),
        (RGB, "srgb"),
        (WITH_ALPHA[..., 2:], "b-w"),
        (WITH_ALPHA, "srgb"),
        (DEEP[..., :1], "grey16"),
        (DEEP, "rgb16"),
    ],
    ids=["grey", "colour", "grey and alpha", "colour and alpha", "deep grey", "deep colour"],
)
def test_depth_channels_and_transparency_survive(pixels, mode, ending, tmp_path):
    picture = read_picture(saved(tmp_path / f"a.{ending}", pixels, mode))
    assert picture.pixels.shape[2] == (1 if pixels.shape[2] < 3 else 3)
    value = 7 if pixels.dtype == np.uint8 else 50_007
    write_picture(tmp_path / f"b.{ending}", value + 0 * picture.pixels, picture)
    again = read_picture(tmp_path / f"b.{ending}")
    assert again.pixels.dtype == pixels.dtype
    assert (again.pixels == value).all()
    if picture.alpha is None:
        assert again.alpha is None
    else:
        assert np.array_equal(again.alpha, pixels[..., -1])


@pytest.mark.parametrize("ending", ["png", "jpg", "webp", "tif"])
def test_orientation_and_profile_survive(ending, tmp_path):
    turned = pyvips.Image.new_from_array(RGB, interpretation="srgb").copy()
    turned.set_type(pyvips.GValue.gint_type, ORIENTATION, 6)
    turned.write_to_file(str(tmp_path / f"a.{ending}"), profile="srgb")
    picture = read_picture(tmp_path / f"a.{ending}")
    assert picture.pixels.shape == RGB.shape
    write_picture(tmp_path / f"b.{ending}", picture.pixels, picture)
    again = read_picture(tmp_path / f"b.{ending}").source
    assert again.get(ORIENTATION) == 6
    assert again.get(PROFILE) == picture.source.get(PROFILE)


def test_a_wrong_file_ending_is_harmless(tmp_path):
    saved(tmp_path / "a.jpg", RGB, "srgb").rename(tmp_path / "a.png")
    assert read_picture(tmp_path / "a.png").pixels.shape == RGB.shape


def spoilt(tmp_path) -> dict:
    """Write unsupported files; return a part of the message for each."""
    whole = saved(tmp_path / "whole.png", RGB, "srgb").read_bytes()
    files = {"empty.png": (b"", "file is empty"), "text.png": (b"hello", "not a known file format")}
    files["cut.png"] = (whole[: len(whole) // 2], "libpng")
    for name, (content, _) in files.items():
        (tmp_path / name).write_bytes(content)
    colour = pyvips.Image.new_from_array(RGB, interpretation="srgb")
    pages = pyvips.Image.arrayjoin([colour, colour], across=1).copy()
    pages.set_type(pyvips.GValue.gint_type, "page-height", 40)
    pages.write_to_file(str(tmp_path / "pages.tif"))
    pyvips.Image.black(60000, 60000).write_to_file(str(tmp_path / "bomb.png"))
    return {name: text for name, (_, text) in files.items()} | {
        "pages.tif": "2 pages",
        "bomb.png": "60000 × 60000",
        "none.png": "[Nn]o such file",
    }


def test_unsupported_pictures_are_refused(tmp_path):
    for name, text in spoilt(tmp_path).items():
        with pytest.raises(UserError, match=text) as raised:
            read_picture(tmp_path / name)
        assert name in str(raised.value)


@pytest.mark.parametrize(
    ("pixels", "mode", "name", "text"),
    [
        (WITH_ALPHA, "srgb", "b.jpg", "transparency"),
        (DEEP, "rgb16", "b.webp", "16 bits"),
        (RGB, "srgb", "b.gif", "ends in .png"),
    ],
)
def test_a_format_that_cannot_hold_the_picture_is_refused(pixels, mode, name, text, tmp_path):
    picture = read_picture(saved(tmp_path / "a.png", pixels, mode))
    with pytest.raises(UserError, match=text):
        write_picture(tmp_path / name, picture.pixels, picture)
    assert not (tmp_path / name).exists()


def test_pictures_of_a_folder_are_found_but_links_not_followed(tmp_path):
    (tmp_path / "sub").mkdir()
    for name in ("b.png", "sub/a.JPG", "note.txt"):
        (tmp_path / name).write_bytes(b"x")
    (tmp_path / "sub/loop").symlink_to(tmp_path)
    assert [str(path.relative_to(tmp_path)) for path in search(tmp_path, LeftOut())] == [
        "b.png",
        "sub/a.JPG",
    ]
