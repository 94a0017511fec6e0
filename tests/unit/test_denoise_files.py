"""The command on files of microscopes, cameras and old programs, with the shipped model."""

import numpy as np
import pytest
import tifffile
from PIL import Image

from tests.support.command import denoise

CLEAN = np.tile(np.linspace(0.2, 0.8, 96), (80, 1))
NOISY = np.clip(CLEAN + np.random.default_rng(0).normal(0, 0.08, CLEAN.shape), 0, 1)


def error(path, white: float, black: float = 0.0) -> float:
    """Return the root mean squared error of a restored file, relative to its range."""
    restored = (tifffile.imread(path).astype(float) - black) / (white - black)
    return float(np.sqrt(np.square(restored - CLEAN).mean()))


@pytest.mark.parametrize(
    ("kind", "black", "white", "words"),
    [
        ("u1", 0, 255, None),
        ("u2", 0, 65535, None),
        ("u2", 0, 1023, "10 bits in 16, white at 1023"),
        ("u2", 0, 4095, "12 bits in 16, white at 4095"),
        ("u2", 0, 16383, "14 bits in 16, white at 16383"),
        ("i2", -1024, 1016, "int16 with black at -1024 and white at 1016"),
        ("u4", 0, 3e6, "uint32 with black at 0 and white at 3e+06"),
        ("f4", 0, 1, None),
        ("f8", 0, 20000, "float64 with black at 0 and white at 20000"),
    ],
)
def test_every_range_is_restored_as_well_as_8_bits(kind, black, white, words, tmp_path, capsys):
    values = black + NOISY * (white - black)
    values[0, :2] = black, white
    tifffile.imwrite(tmp_path / "a.tif", values.astype(kind))
    assert denoise(tmp_path / "a.tif", "-o", tmp_path / "b.tif") == 0
    said = capsys.readouterr().out
    assert (f"; {words}" in said) if words else said.endswith("of 255)\n")
    assert tifffile.imread(tmp_path / "b.tif").dtype == kind
    assert error(tmp_path / "b.tif", white, black) < 0.02


def test_white_decides(tmp_path, capsys):
    tifffile.imwrite(tmp_path / "a.tif", (NOISY * 4095).astype(np.uint16))
    assert denoise(tmp_path / "a.tif", "-o", tmp_path / "b.tif", "--white", "65535") == 0
    assert "white at 65535" in capsys.readouterr().out
    assert denoise(tmp_path / "a.tif", "-o", tmp_path / "c.tif", "--white", "4095") == 0
    assert error(tmp_path / "c.tif", 4095) < 0.02 < error(tmp_path / "b.tif", 4095)


def test_white_that_is_not_used_or_too_low_is_reported(tmp_path, capsys):
    Image.fromarray((NOISY * 255).astype(np.uint8)).save(tmp_path / "a.png")
    tifffile.imwrite(tmp_path / "a.tif", (NOISY * 4095).astype(np.uint16))
    for name, code in (("a.png", 0), ("a.tif", 1)):
        assert denoise(tmp_path / name, "-o", tmp_path / f"b{name}", "--white", "500") == code
    printed = capsys.readouterr()
    assert "; white is 255 in 8 bits, the value given is not used)" in printed.out
    assert "White is given as 500, but " in printed.err


def test_a_hot_pixel_neither_hides_the_range_nor_is_removed(tmp_path, capsys):
    values = (NOISY * 4095).astype(np.uint16)
    values[40, 50] = 65535
    tifffile.imwrite(tmp_path / "a.tif", values)
    assert denoise(tmp_path / "a.tif", "-o", tmp_path / "b.tif") == 0
    assert (
        "white at 4095: no value is above 4095, but for a single pixel" in capsys.readouterr().out
    )
    restored = tifffile.imread(tmp_path / "b.tif")
    assert restored[40, 50] == 65535
    restored[40, 50] = CLEAN[40, 50] * 4095
    tifffile.imwrite(tmp_path / "b.tif", restored)
    assert error(tmp_path / "b.tif", 4095) < 0.02


def test_conversions_are_only_named_where_something_is_converted(tmp_path, capsys):
    flat = np.full((64, 64), 100, np.uint8)
    Image.merge("CMYK", [Image.fromarray(flat)] * 4).save(tmp_path / "a.jpg")
    with tifffile.TiffWriter(tmp_path / "a.tif") as file:
        file.write(flat)
        file.write(flat[::4, ::4], subfiletype=1)
    words = {"a.jpg": "converted from CMYK to sRGB", "a.tif": "1 smaller version left out"}
    for name, note in words.items():
        assert denoise(tmp_path / name, "-o", tmp_path / f"copy-{name}") == 0
        assert capsys.readouterr().out.endswith("(no noise found)\n")
        assert (tmp_path / f"copy-{name}").read_bytes() == (tmp_path / name).read_bytes()
        for options in (["-o", tmp_path / f"{name}.png"], ["-o", tmp_path / "b.tif", "--force"]):
            sigma = [] if "png" in str(options[1]) else ["--sigma", "5"]
            assert denoise(tmp_path / name, *options, *sigma) == 0
            assert capsys.readouterr().out.endswith(f"; {note})\n")


def test_a_stack_is_denoised_page_by_page(tmp_path, capsys):
    stack = np.stack([NOISY * 4095, NOISY * 2000, CLEAN * 4000]).astype(np.uint16)
    tifffile.imwrite(tmp_path / "a.tif", stack, imagej=True, metadata={"unit": "um"})
    assert denoise(tmp_path / "a.tif", "-o", tmp_path / "b.tif") == 0
    assert "(3 planes, noise 0.0" in capsys.readouterr().out
    with tifffile.TiffFile(tmp_path / "b.tif") as file:
        assert file.imagej_metadata["unit"] == "um"
        found = file.asarray()
    assert found.shape == stack.shape
    assert np.abs(found[1] / 2000 - CLEAN).mean() < 0.02
    assert np.abs(found[2] / 4000 - CLEAN).mean() < 0.01
    assert denoise(tmp_path / "a.tif", "-o", tmp_path / "b.png") == 1
    assert denoise(tmp_path / "a.tif", "-o", tmp_path / "c.tif", "--add-noise", "0.1") == 1
    printed = capsys.readouterr().err
    assert ".png holds one picture, the file has 3 pages or channels" in printed
    assert "--add-noise writes the noisy picture as PNG: one, of 8 or 16 bits" in printed


def test_a_damaged_page_leaves_no_file(tmp_path, capsys):
    stack = np.stack([NOISY * 255] * 3).astype(np.uint8)
    tifffile.imwrite(tmp_path / "a.tif", stack, photometric="minisblack", compression="zlib")
    with tifffile.TiffFile(tmp_path / "a.tif") as file:
        offset = file.pages[2].aspage().dataoffsets[0]
    content = bytearray((tmp_path / "a.tif").read_bytes())
    content[offset + 20 : offset + 60] = b"\xff" * 40
    (tmp_path / "a.tif").write_bytes(content)
    assert denoise(tmp_path / "a.tif", "-o", tmp_path / "b.tif") == 1
    assert "a.tif is damaged" in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["a.tif"]


def test_a_folder_of_many_formats_becomes_files_that_can_be_written(tmp_path):
    picture = Image.fromarray((NOISY * 255).astype(np.uint8))
    given = tmp_path / "in"
    given.mkdir()
    for name in ("a.bmp", "a.jp2", "b.gif", "c.jfif", "d.jpe", "e.tif", "f.pgm"):
        picture.save(given / name, format="JPEG" if name[0] in "cd" else None)
    assert denoise(given, "-o", tmp_path / "out") == 0
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [
        *("a.bmp.png", "a.jp2.png", "b.png", "c.jfif", "d.jpe", "e.tif", "f.png")
    ]
    assert denoise(given / "f.pgm", "-o", tmp_path / "f.pgm") == 0
    assert Image.open(tmp_path / "f.pgm").format == "PPM"
