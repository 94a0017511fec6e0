"""Broken and unusual pictures: denoised, or refused and skipped."""

import io
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import pyvips
import tifffile
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from denoising.config.card import Card
from denoising.files.formats import FORMATS
from denoising.files.pictures import read_picture
from denoising.networks import photo_unet
from denoising.training.export import write_onnx
from tests.support.cases import fuzz
from tests.support.command import denoise
from tests.support.dag import ROOT
from tests.support.damage import damaged, explained
from tests.support.runs import without_rights

pytestmark = pytest.mark.usefixtures("deterministic")


def image(height: int, width: int, channels: int = 3) -> pyvips.Image:
    pixels = np.random.default_rng(0).integers(0, 256, (height, width, channels), dtype=np.uint8)
    return pyvips.Image.new_from_array(pixels, interpretation="srgb" if channels > 1 else "b-w")


@pytest.mark.parametrize(
    ("size", "options"),
    [
        ((1, 1, 3), {}),
        ((1, 10_000, 3), {}),
        ((10_000, 1, 1), {}),
        ((3, 5, 1), {"bitdepth": 1}),
        ((20, 30, 3), {"palette": True, "bitdepth": 4}),
        ((20, 30, 3), {"interlace": True}),
    ],
    ids=["a pixel", "a row", "a column", "black and white", "palette", "interlaced"],
)
def test_strange_pictures_keep_their_size(size, options, tmp_path):
    image(*size).pngsave(str(tmp_path / "in.png"), **options)
    assert denoise(tmp_path / "in.png", "-o", tmp_path / "out.png") == 0
    before, after = (read_picture(tmp_path / name).pixels for name in ("in.png", "out.png"))
    assert (before.shape, before.dtype) == (after.shape, after.dtype)


@pytest.mark.parametrize("ending", [".gif", ".webp"])
def test_animated_pictures_are_skipped(ending, tmp_path, capsys):
    frames = pyvips.Image.arrayjoin([image(20, 10), image(20, 10).invert()], across=1).copy()
    frames.set_type(pyvips.GValue.gint_type, "page-height", 20)
    frames.write_to_file(str(tmp_path / f"in{ending}"))
    assert denoise(tmp_path / f"in{ending}", "-o", tmp_path / "out.png") == 1
    path = tmp_path / f"in{ending}"
    assert capsys.readouterr().err.startswith(f"skipped {path}: {path} has 2 pages or frames")
    assert not (tmp_path / "out.png").exists()


@pytest.mark.skipif(sys.platform != "linux", reason="root's rights are taken away as Linux does it")
def test_an_unreadable_picture_is_skipped(tmp_path):
    for name in ("a.png", "b.png"):
        image(20, 30).pngsave(str(tmp_path / name))
    (tmp_path / "a.png").chmod(0)
    command = [sys.executable, "-m", "denoising", "image", tmp_path, "-o", tmp_path / "out"]
    done = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, preexec_fn=without_rights
    )
    assert done.returncode == 1
    assert f"skipped {tmp_path}/a.png: " in done.stderr
    assert "Traceback" not in done.stderr
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["b.png"]


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_the_interrupted_command_leaves_no_half_written_file(number, code, tmp_path):
    image(20, 30).pngsave(str(tmp_path / "in.png"))
    program = f"""
import os, signal, sys, pyvips
from denoising.cli.main import main
signal.signal(signal.SIGINT, signal.default_int_handler)
known = pyvips.Image.write_to_file
def interrupted(*arguments, **options):
    known(*arguments, **options)
    os.kill(os.getpid(), {int(number)})
pyvips.Image.write_to_file = interrupted
sys.exit(main(["image", {str(tmp_path / "in.png")!r}, "-o", {str(tmp_path / "out.png")!r}]))
"""
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == code, done.stderr
    assert "Traceback" not in done.stderr
    assert not list(tmp_path.glob("*out*"))


def test_the_command_ends_if_its_output_is_closed():
    command = [sys.executable, "-m", "denoising", "info"]
    with subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        process.stdout.close()
        said = process.stderr.read()
    assert process.returncode == 1
    assert "Traceback" not in said
    assert "BrokenPipeError" not in said


def test_a_black_picture_stays_black(tmp_path):
    """The wavelet estimate of its level is NaN."""
    model = photo_unet.build((None, None, 1), width=8, quarter_width=8, blocks=1, level_input=True)
    noise = {"noise": "gaussian", "levels": [0, 1], "level_known": 1}
    card = Card(dataset="squares", images=9, size=[28, 28, 1], seed=0, **noise)
    path = tmp_path / "level_input.onnx"
    write_onnx(path, model, card.model_dump())
    pixels = np.zeros((40, 30, 3), np.uint8)
    pixels[..., 0] = 128
    pyvips.Image.new_from_array(pixels).pngsave(str(tmp_path / "in.png"))
    assert denoise(tmp_path / "in.png", "-o", tmp_path / "out.png", "--model", path) == 0
    assert np.array_equal(read_picture(tmp_path / "out.png").pixels, pixels)


GOOD = {ending: image(12, 10).write_to_buffer(ending) for ending in FORMATS}
ALIKE = {"photometric": "rgb", "metadata": None}


def by_tifffile(kind: str, **options) -> bytes:
    file = io.BytesIO()
    tifffile.imwrite(file, np.asarray(image(12, 10)).astype(kind), **ALIKE, **options)
    return file.getvalue()


def by_pillow(name: str) -> bytes:
    file = io.BytesIO()
    Image.fromarray(np.asarray(image(12, 10))).save(file, format=name)
    return file.getvalue()


GOOD |= {name: by_pillow(name) for name in ("BMP", "PPM", "GIF", "JPEG2000", "AVIF")}
GOOD |= {"floats": by_tifffile("f4"), "long": by_tifffile("u4", compression="zlib")}
GOOD |= {name: by_tifffile("u1", compression=name) for name in ("zstd", "lzw", "lerc")}


@pytest.fixture(scope="module")
def path(tmp_path_factory) -> Path:
    """Return a file that every case overwrites."""
    return tmp_path_factory.mktemp("pictures") / "some.png"


@fuzz("damaged pictures")
@given(st.data(), st.sampled_from(sorted(GOOD)))
def test_any_bytes_of_a_picture_are_read_or_refused(path, data, ending):
    path.write_bytes(data.draw(damaged(GOOD[ending])))
    found = explained(read_picture, path)
    assert found is None or found.pixels.shape[2] in (1, 3)
