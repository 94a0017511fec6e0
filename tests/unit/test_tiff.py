"""TIFF files of microscopes, scanners and maps: all that is in them stays, but the noise."""

import numpy as np
import pytest
import tifffile

from denoising.files.errors import UserError
from denoising.files.pictures import check_target, open_pictures, read_picture, write_pictures

GREY = np.random.default_rng(0).integers(0, 256, (48, 64), dtype=np.uint8)
RGB = np.stack([GREY, GREY[::-1], GREY[:, ::-1]], axis=2)
DEEP = GREY.astype(np.uint16) * 16
LAYOUT = {
    *("StripOffsets", "StripByteCounts", "RowsPerStrip", "TileOffsets", "TileByteCounts"),
    *("Compression", "Predictor", "SubIFDs"),
}


def rewritten(source, work=lambda picture: picture.pixels):
    """Write the pictures of a file, restored by `work`; return the path and the notes."""
    target = source.with_name(f"new-{source.name}")
    with open_pictures(source) as pictures:
        check_target(target, pictures)
        write_pictures(target, pictures, work)
        return target, pictures.notes


def tags(page) -> dict[str, str]:
    return {tag.name: str(tag.value) for tag in page.tags if tag.name not in LAYOUT}


@pytest.mark.parametrize(
    "kind", ["u1", "u2", "u4", "i1", "i2", "i4", "i8", "f2", "f4", "f8", ">u2", ">f4"]
)
def test_types_and_values_survive(kind, tmp_path):
    values = GREY.astype(kind) if kind != "i1" else (GREY // 2).astype(kind)
    tifffile.imwrite(tmp_path / "a.tif", values, byteorder=">" if kind[0] == ">" else "<")
    target, _ = rewritten(tmp_path / "a.tif")
    found = tifffile.imread(target)
    assert found.dtype == values.dtype.newbyteorder("=")
    assert np.allclose(found, values, atol=1e-4)


OME = {"axes": "TZCYX", "PhysicalSizeX": 0.3, "PhysicalSizeXUnit": "µm"}
IMAGEJ = {"imagej": True, "resolution": (9.23, 9.23)}
FIVE = np.stack([DEEP + shift for shift in range(5)]).astype(np.uint16)
CHANNELS = np.moveaxis(RGB, -1, 0).copy()


@pytest.mark.parametrize(
    ("name", "values", "options", "planes"),
    [
        ("imagej.tif", DEEP, IMAGEJ | {"metadata": {"unit": "um"}}, 1),
        ("stack.tif", FIVE, IMAGEJ | {"metadata": {"axes": "ZYX", "Labels": ["z"] * 5}}, 5),
        ("big-endian.tif", FIVE, IMAGEJ | {"byteorder": ">"}, 5),
        ("hyper.ome.tif", np.stack([[CHANNELS] * 2] * 2), {"metadata": OME}, 12),
        ("planar.tif", CHANNELS, {"photometric": "rgb", "planarconfig": "separate"}, 1),
        ("channels.tif", CHANNELS, {"photometric": "minisblack"}, 3),
        ("bands.tif", RGB, {"photometric": "minisblack", "planarconfig": "contig"}, 3),
        ("tiles.tif", FIVE, {"tile": (16, 32), "compression": "zlib"}, 5),
        ("large.tif", FIVE, {"bigtiff": True}, 5),
        ("white0.tif", GREY, {"photometric": "miniswhite"}, 1),
        ("dated.tif", RGB, {"datetime": "2020:01:02 03:04:05", "resolution": (300, 300)}, 1),
        ("map.tif", GREY.astype("f4"), {"extratags": [(33550, 12, 3, (30.0, 30.0, 0.0))]}, 1),
        ("alpha.tif", np.dstack([RGB, GREY]), {"photometric": "rgb", "extrasamples": [2]}, 1),
    ],
)
def test_pages_axes_and_metadata_survive(name, values, options, planes, tmp_path):
    options = {"photometric": "rgb" if values.ndim == 3 and len(values) == 48 else None} | options
    tifffile.imwrite(tmp_path / name, values, **options)
    seen = []

    def work(picture):
        seen.append(picture)
        return picture.pixels

    target, _ = rewritten(tmp_path / name, work)
    assert len(seen) == planes
    with tifffile.TiffFile(tmp_path / name) as before, tifffile.TiffFile(target) as after:
        assert [(one.axes, one.kind) for one in after.series] == [
            (one.axes, one.kind) for one in before.series
        ]
        assert np.array_equal(after.asarray(), before.asarray())
        assert after.asarray().dtype == before.asarray().dtype
        assert (after.byteorder, after.is_bigtiff) == (before.byteorder, before.is_bigtiff)
        for one, other in zip(before.pages, after.pages, strict=True):
            assert tags(other.aspage()) == tags(one.aspage())


def test_each_plane_is_restored_in_its_place(tmp_path):
    tifffile.imwrite(tmp_path / "a.tif", np.moveaxis(FIVE, 0, -1), planarconfig="contig")
    seen = []

    def work(picture):
        seen.append(picture.pixels)
        return np.full_like(picture.pixels, 13107 * len(seen))  # fifths of white

    target, _ = rewritten(tmp_path / "a.tif", work)
    assert np.array_equal(tifffile.imread(target)[3, 4], [819, 1638, 2457, 3276, 4095])
    with open_pictures(target) as pictures:
        assert "12 bits in 16, white at 4095" in pictures.scale.note


CODECS = ["zstd", "lzma", "lerc", "jpeg2000", "jpegxl", "png", "webp", "lzw", "packbits"]


@pytest.mark.parametrize("codec", CODECS)
def test_codecs_are_read(codec, tmp_path):
    options = {"compressionargs": {"level": 0}} if codec == "jpeg2000" else {}
    if codec == "webp":
        options = {"compressionargs": {"lossless": True}}
    tifffile.imwrite(tmp_path / "a.tif", RGB, photometric="rgb", compression=codec, **options)
    target, _ = rewritten(tmp_path / "a.tif")
    for path in (tmp_path / "a.tif", target):
        assert np.array_equal(read_picture(path).pixels, RGB)


@pytest.mark.parametrize("kind", [np.uint8, np.float32])
@pytest.mark.parametrize("codec", ["lzw", "zlib", "zstd", "lzma", "png"])
def test_damaged_strips_are_errors(codec, kind, tmp_path):
    if codec == "png" and kind != np.uint8:
        kind = np.uint16
    path = tmp_path / "a.tif"
    tifffile.imwrite(path, GREY.astype(kind), compression=codec, rowsperstrip=16)
    with tifffile.TiffFile(path) as file:
        offset, size = file.pages[0].dataoffsets[1], file.pages[0].databytecounts[1]
    content = bytearray(path.read_bytes())
    content[offset + 8 : offset + size] = b"\xff" * (size - 8)
    path.write_bytes(content)
    with pytest.raises(UserError, match=r"a.tif is damaged"):
        read_picture(path)


def test_missing_strips_are_errors(tmp_path):
    """A page that claims more rows than there are strips for."""
    tifffile.imwrite(tmp_path / "a.tif", GREY, compression="zstd", rowsperstrip=16)
    with tifffile.TiffFile(tmp_path / "a.tif", mode="r+") as file:
        file.pages[0].tags["ImageLength"].overwrite(96)
    with pytest.raises(UserError, match="3 of 6 strips or tiles are missing"):
        read_picture(tmp_path / "a.tif")


def test_a_thumbnail_is_left_out_and_named(tmp_path):
    with tifffile.TiffWriter(tmp_path / "a.tif") as file:
        file.write(RGB, photometric="rgb")
        file.write(RGB[::4, ::4], photometric="rgb", subfiletype=1)
    target, notes = rewritten(tmp_path / "a.tif")
    assert notes == ("1 smaller version left out",)
    with tifffile.TiffFile(target) as file:
        assert [page.shape for page in file.pages] == [RGB.shape]


def test_all_planes_of_a_pyramid_stay_at_full_resolution(tmp_path):
    with tifffile.TiffWriter(tmp_path / "a.ome.tif", ome=True) as file:
        for plane in FIVE[:3]:
            file.write(plane, subifds=1)
            file.write(plane[::2, ::2], subfiletype=1)
    target, notes = rewritten(tmp_path / "a.ome.tif")
    assert "the lower resolutions of its pyramid left out" in notes
    with tifffile.TiffFile(target) as file:
        assert file.is_ome
        assert np.array_equal([page.asarray() for page in file.pages], FIVE[:3])


@pytest.mark.parametrize(
    ("description", "white"),
    [
        ('<OME xmlns="http://www.openmicroscopy.org/Schemas/OME/2016-06"><Image ID="Image:0">'
         '<Pixels ID="Pixels:0" DimensionOrder="XYCZT" Type="uint16" SizeX="64" SizeY="48" '
         'SizeC="1" SizeZ="1" SizeT="1" SignificantBits="14"><TiffData/></Pixels></Image></OME>',
         16383),
        ("ImageJ=1.53\nmin=0.0\nmax=16000.0\n", 16383),
        (None, 4095),
    ],
    ids=["OME", "ImageJ", "none"],
)  # fmt: skip
def test_the_stated_range_counts(description, white, tmp_path):
    tifffile.imwrite(tmp_path / "a.tif", DEEP, description=description, metadata=None)
    assert read_picture(tmp_path / "a.tif").scale.white == white


def test_values_packed_in_12_bits_keep_their_range(tmp_path):
    tifffile.imwrite(tmp_path / "a.tif", DEEP // 16, bitspersample=12)
    target, _ = rewritten(tmp_path / "a.tif")
    assert np.array_equal(tifffile.imread(target), DEEP // 16)
    for path in (tmp_path / "a.tif", target):
        assert read_picture(path).scale.white == 4095


def test_colours_with_a_profile_have_the_whole_range(tmp_path):
    tifffile.imwrite(tmp_path / "a.tif", DEEP, iccprofile=b"any")
    assert read_picture(tmp_path / "a.tif").scale.white == 65535


def test_pixels_without_data_of_a_map_stay(tmp_path):
    values = np.where(GREY < 20, -9999.0, GREY).astype(np.float32)
    tifffile.imwrite(tmp_path / "a.tif", values, extratags=[(42113, 2, 6, "-9999", True)])
    target, _ = rewritten(tmp_path / "a.tif", lambda picture: picture.pixels * 0 + 0.5)
    found = tifffile.imread(target)
    assert np.array_equal(found == -9999, GREY < 20)
    assert len(np.unique(found)) == 2


@pytest.mark.parametrize(
    ("values", "options", "text"),
    [
        (GREY.astype(np.complex64), {}, "Expected integers or floats"),
        (DEEP, {"photometric": "cfa"}, "of kind CFA. Expected a grey or colour"),
        (np.stack([GREY] * 3), {"volumetric": True, "photometric": "minisblack"}, "a volume"),
        (FIVE, {"truncate": True}, "5 planes behind one page"),
    ],
)
def test_other_tiff_files_are_refused(values, options, text, tmp_path):
    tifffile.imwrite(tmp_path / "a.tif", values, **options)
    with pytest.raises(UserError, match=text), open_pictures(tmp_path / "a.tif"):
        pass


def test_pages_of_several_types_are_refused(tmp_path):
    with tifffile.TiffWriter(tmp_path / "a.tif") as file:
        file.write(GREY)
        file.write(DEEP)
    with pytest.raises(UserError, match="different types: uint16, uint8"):
        read_picture(tmp_path / "a.tif")


@pytest.mark.parametrize("compression", [None, "zstd"])
@pytest.mark.parametrize(
    ("kinds", "planes", "alpha"),
    [([2], 1, 3), ([0], 2, None), ([0, 0], 3, None), ([2, 0], 2, 3), ([0, 2], 2, 4)],
)
def test_channels_beside_the_colours_are_pictures_of_their_own(
    kinds, planes, alpha, compression, tmp_path
):
    """A near-infrared channel, for example, unless the file states that it is transparency."""
    values = np.concatenate([RGB, RGB[::-1]], axis=2)[..., : 3 + len(kinds)].copy()
    options = {"extrasamples": kinds, "compression": compression}
    tifffile.imwrite(tmp_path / "a.tif", values, photometric="rgb", **options)
    target, _ = rewritten(tmp_path / "a.tif", lambda picture: 255 - picture.pixels)
    expected = 255 - values
    with open_pictures(tmp_path / "a.tif") as pictures, tifffile.TiffFile(target) as file:
        assert (pictures.pages, pictures.has_alpha) == (planes, alpha is not None)
        if alpha is not None:
            expected[..., alpha] = values[..., alpha]
        assert list(file.pages[0].extrasamples) == kinds
        assert np.array_equal(file.asarray(), expected)
        if planes > 1:
            with pytest.raises(UserError, match=f"the file has {planes} pages or channels"):
                check_target(tmp_path / "b.png", pictures)


@pytest.mark.parametrize("compression", [None, "zstd"])
@pytest.mark.parametrize("kinds", [[1], [1, 0], [0, 1]])
def test_transparency_is_not_multiplied_into_the_colours(kinds, compression, tmp_path):
    values = np.concatenate([RGB, RGB[::-1]], axis=2)[..., : 3 + len(kinds)].copy()
    place = 3 + kinds.index(1)
    values[..., place] |= 128
    expected = values.copy()
    values[..., :3] = np.rint(RGB * (values[..., place, None] / 255.0))
    options = {"extrasamples": kinds, "compression": compression}
    tifffile.imwrite(tmp_path / "a.tif", values, photometric="rgb", **options)
    target, _ = rewritten(tmp_path / "a.tif")
    with tifffile.TiffFile(target) as file:
        assert list(file.pages[0].extrasamples) == [2 * kind for kind in kinds]
        assert np.abs(file.asarray().astype(int) - expected).max() <= 2


@pytest.mark.parametrize("name", ["b.png", "b.ppm"])
@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_a_page_is_written_in_the_format_of_the_output(name, dtype, tmp_path):
    values = RGB.astype(dtype) * (np.iinfo(dtype).max // 255)
    tifffile.imwrite(tmp_path / "a.tif", values, photometric="rgb")
    with open_pictures(tmp_path / "a.tif") as pictures:
        write_pictures(tmp_path / name, pictures, lambda picture: picture.pixels)
    assert (tmp_path / name).read_bytes()[:2] == {"b.png": b"\x89P", "b.ppm": b"P6"}[name]
    found = read_picture(tmp_path / name)
    assert found.stored == dtype
    assert np.array_equal(found.pixels, values)


@pytest.mark.parametrize(
    ("values", "text"),
    [(FIVE, "5 pages or channels"), (GREY.astype(np.float32), "values of type float32")],
)
def test_a_format_that_cannot_hold_the_file_is_refused(values, text, tmp_path):
    tifffile.imwrite(tmp_path / "a.tif", values)
    with open_pictures(tmp_path / "a.tif") as pictures, pytest.raises(UserError, match=text):
        check_target(tmp_path / "b.png", pictures)
