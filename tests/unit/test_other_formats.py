"""BMP, PPM, GIF, AVIF, JPEG 2000, HEIC and CMYK: read as they are, written as PNG or on request."""

import sys
from pathlib import Path

import imagecodecs
import numpy as np
import pillow_heif
import pytest
import pyvips
from PIL import Image

from denoising.files.errors import UserError
from denoising.files.formats import written_names
from denoising.files.pictures import open_pictures, read_picture, write_picture, write_pictures
from tests.support.folders import saved

SMOOTH = np.stack(np.meshgrid(range(0, 240, 5), range(0, 160, 4)), axis=2).astype(np.uint8)
RGB = np.dstack([SMOOTH, SMOOTH[::-1, ::-1, 0]])
GREY = RGB[..., :1]
LOSSLESS = ("bmp", "ppm", "jp2")
DEEP = RGB.astype(np.uint16) * 16 + 3


def by_pillow(path: Path, pixels: np.ndarray, mode: str | None = None, **options) -> Path:
    image = Image.fromarray(pixels[..., 0] if pixels.shape[2] == 1 else pixels)
    (image.convert(mode) if mode else image).save(path, **options)
    return path


def netpbm(path: Path, pixels: np.ndarray, largest: int, plain: bool = False) -> Path:
    colour, (height, width) = pixels.shape[2] == 3, pixels.shape[:2]
    kind = {(0, 0): 5, (1, 0): 6, (0, 1): 2, (1, 1): 3}[colour, plain]
    head = f"P{kind}\n# a comment\n{width} {height}\n{largest}\n".encode()
    words = " ".join(map(str, pixels.ravel())) + "\n"
    deep = pixels.astype(">u2" if largest > 255 else "u1").tobytes()
    path.write_bytes(head + (words.encode() if plain else deep))
    return path


@pytest.mark.parametrize("pixels", [GREY, RGB], ids=["grey", "colour"])
@pytest.mark.parametrize("name", ["a.bmp", "a.ppm", "a.jp2", "a.jpe", "a.jfif", "a.avif"])
def test_formats_of_8_bits_are_read(name, pixels, tmp_path):
    options = {"format": "JPEG"} if name[2:] in ("jpe", "jfif") else {}
    by_pillow(tmp_path / name, pixels, **options)
    found = read_picture(tmp_path / name)
    assert found.scale.note == ""
    assert found.pixels.shape[:2] == pixels.shape[:2]
    assert abs(found.pixels.astype(int) - pixels).max() < (1 if name[2:] in LOSSLESS else 24)
    write_picture(tmp_path / "b.png", found.pixels, found)
    assert np.array_equal(read_picture(tmp_path / "b.png").pixels, found.pixels)


@pytest.mark.parametrize("mode", ["P", "1", "L", "RGBA"])
def test_palettes_single_bits_and_transparency_are_resolved(mode, tmp_path):
    expected = np.asarray(Image.fromarray(RGB).convert(mode).convert(None if mode != "1" else "L"))
    for ending in ("png", "bmp", "gif") if mode != "RGBA" else ("png", "gif"):
        path = tmp_path / f"a.{ending}"
        by_pillow(path, RGB, mode)
        found = read_picture(path)
        assert found.pixels.dtype == np.uint8
        grey = mode in ("1", "L") and ending != "gif"
        assert found.pixels.shape[2] == (1 if grey else 3)
        if mode == "1":
            assert np.array_equal(found.pixels[..., 0], expected)


@pytest.mark.parametrize("plain", [False, True], ids=["binary", "plain"])
@pytest.mark.parametrize(("largest", "white"), [(4095, 4095), (65535, 65535), (1000, 1023)])
def test_netpbm_keeps_its_depth(largest, white, plain, tmp_path):
    pixels = np.minimum(DEEP, largest)
    for name, part in (("a.ppm", pixels), ("a.pgm", pixels[..., :1])):
        picture = read_picture(netpbm(tmp_path / name, part, largest, plain))
        assert picture.scale.white == white
        write_picture(tmp_path / f"b-{name}", picture.pixels, picture)
        again = read_picture(tmp_path / f"b-{name}")
        assert again.scale.white == white
        assert np.array_equal(again.scale.to_stored(again.pixels, None), part)


def test_jpeg_2000_of_12_bits_keeps_its_depth(tmp_path):
    path = tmp_path / "a.jp2"
    path.write_bytes(imagecodecs.jpeg2k_encode(DEEP // 2, level=0, bitspersample=12))
    picture = read_picture(path)
    assert picture.scale.white == 4095
    assert "as the file states" in picture.scale.note
    write_picture(tmp_path / "b.png", picture.pixels, picture)
    stored = pyvips.Image.new_from_file(str(tmp_path / "b.png"))
    assert np.array_equal(np.asarray(stored), DEEP // 2)


def test_heic_is_read_with_its_package(tmp_path):
    pillow_heif.from_pillow(Image.fromarray(RGB)).save(tmp_path / "a.heic", quality=100)
    found = read_picture(tmp_path / "a.heic")
    assert abs(found.pixels.astype(int) - RGB).mean() < 3


def test_heic_without_its_package_is_refused_with_the_name(tmp_path, monkeypatch):
    pillow_heif.from_pillow(Image.fromarray(RGB)).save(tmp_path / "a.heic")
    monkeypatch.setitem(sys.modules, "pillow_heif", None)
    with pytest.raises(UserError, match=r"a.heic is a HEIC picture.*pip install pillow-heif"):
        read_picture(tmp_path / "a.heic")


def test_an_animation_is_refused(tmp_path):
    frames = [Image.fromarray(RGB), Image.fromarray(RGB[::-1].copy())]
    frames[0].save(tmp_path / "a.gif", save_all=True, append_images=frames[1:])
    with pytest.raises(UserError, match="2 pages or frames"):
        read_picture(tmp_path / "a.gif")


@pytest.mark.parametrize("ending", ["jpg", "tif"])
def test_cmyk_becomes_srgb_by_its_profile(ending, tmp_path):
    colour = pyvips.Image.new_from_array(np.full((20, 30, 3), (200, 60, 40), np.uint8))
    inks = colour.copy(interpretation="srgb").icc_transform("cmyk", input_profile="srgb")
    inks.write_to_file(str(tmp_path / f"a.{ending}"))
    with open_pictures(tmp_path / f"a.{ending}") as pictures:
        picture = pictures.single()
        assert picture.notes == ("converted from CMYK to sRGB",)
        assert abs(picture.pixels.astype(int) - (200, 60, 40)).max() < 20
        write_pictures(tmp_path / f"b.{ending}", pictures, lambda picture: picture.pixels)
    again = read_picture(tmp_path / f"b.{ending}")
    assert again.notes == ()
    assert abs(again.pixels.astype(int) - picture.pixels).max() < 6


def test_a_png_of_12_bits_is_found_by_its_values(tmp_path):
    """The standard wants values scaled to 16 bits: a stated number only counts if they are not."""
    for number, (pixels, white) in enumerate([(DEEP // 8, 1023), (DEEP, 4095), (DEEP * 15, 65535)]):
        path = saved(tmp_path / f"{number}.png", pixels.astype(np.uint16), "rgb16")
        assert read_picture(path).scale.white == white
        content = path.read_bytes()
        stated = content[:33] + b"\0\0\0\x03sBIT\x0c\x0c\x0c\x1d\xb3\x1d\x10" + content[33:]
        path.write_bytes(stated)
        assert read_picture(path).scale.white == max(white, 4095)


@pytest.mark.parametrize("name", ["a.bmp", "a.ppm", "a.pgm"])
def test_formats_on_request_lose_nothing(name, tmp_path):
    picture = read_picture(saved(tmp_path / "a.png", GREY if name == "a.pgm" else RGB))
    write_picture(tmp_path / name, picture.pixels, picture)
    assert np.array_equal(read_picture(tmp_path / name).pixels, picture.pixels)


def test_a_netpbm_format_of_other_channels_is_refused(tmp_path):
    picture = read_picture(saved(tmp_path / "a.png", RGB))
    with pytest.raises(UserError, match=r"\.pgm has 1 channel.*Use \.ppm"):
        write_picture(tmp_path / "a.pgm", picture.pixels, picture)


def test_pictures_of_other_formats_get_names_that_end_in_png():
    names = ["a.bmp", "b.ppm", "b.gif", "c.png", "c.heic", "d.jfif", "e.tif", "sub/c.avif"]
    assert [str(name) for name in written_names([*map(Path, names)])] == [
        *("a.png", "b.ppm.png", "b.gif.png", "c.png", "c.heic.png", "d.jfif", "e.tif"),
        "sub/c.png",
    ]


@pytest.mark.parametrize("name", ["a.bmp", "a.ppm", "a.jp2"])
def test_cut_files_are_refused(name, tmp_path):
    by_pillow(tmp_path / name, RGB)
    content = (tmp_path / name).read_bytes()
    (tmp_path / name).write_bytes(content[: len(content) // 3])
    with pytest.raises(UserError, match=f"{name} is damaged"):
        read_picture(tmp_path / name)
