"""Options of `denoise image` about the noise: levels, methods, previews and comparisons."""

import re
from pathlib import Path

import numpy as np
import pytest
import tifffile
from skimage.io import imread, imsave
from skimage.metrics import peak_signal_noise_ratio as psnr

from denoising.cli.preview import SIDE
from denoising.datasets.sample_photographs import read_photograph
from tests.support.command import denoise
from tools import _noisy_cases as noise


@pytest.fixture
def clean(tmp_path) -> Path:
    imsave(tmp_path / "clean.png", read_photograph("coffee.png")[100:228, 200:328])
    return tmp_path / "clean.png"


@pytest.fixture
def noisy(clean) -> Path:
    pixels = noise.white(imread(clean), 25, np.random.default_rng(0))
    imsave(clean.with_name("noisy.png"), pixels)
    return clean.with_name("noisy.png")


def test_sigma_is_the_level_of_255(noisy, capsys):
    assert denoise(noisy, "-o", noisy.with_name("a.png"), "--sigma", 25.5) == 0
    assert denoise(noisy, "-o", noisy.with_name("b.png"), "--level", 0.1) == 0
    assert "(noise 0.100, 26 of 255)" in capsys.readouterr().out
    assert noisy.with_name("a.png").read_bytes() == noisy.with_name("b.png").read_bytes()


def test_strength_multiplies_the_level(noisy, capsys):
    half, whole = (noisy.with_name(f"{name}.png") for name in ("half", "whole"))
    assert denoise(noisy, "-o", half, "--sigma", 30, "--strength", 0.5) == 0
    assert denoise(noisy, "-o", whole, "--sigma", 15) == 0
    assert "(noise 0.118, 30 of 255 × 0.5)" in capsys.readouterr().out
    assert half.read_bytes() == whole.read_bytes()


def test_strength_multiplies_the_level_that_is_estimated(noisy):
    errors = []
    for strength in (0.5, 1, 2):
        target = noisy.with_name(f"{strength}.png")
        assert denoise(noisy, "-o", target, "--strength", strength) == 0
        errors.append(np.square(imread(target).astype(float) - imread(noisy)).mean())
    assert errors == sorted(errors)
    assert errors[2] > 1.2 * errors[0]


@pytest.mark.parametrize("ending", [".png", ".tif", ".jpg"])
def test_a_picture_without_noise_is_copied(clean, ending, capsys):
    source = clean.with_name(f"in{ending}")
    imsave(source, np.full((64, 64, 3), 100, np.uint8), check_contrast=False)
    assert denoise(source, "-o", source.with_name(f"out{ending}")) == 0
    assert "(no noise found)" in capsys.readouterr().out
    assert source.with_name(f"out{ending}").read_bytes() == source.read_bytes()


def test_a_picture_without_noise_keeps_its_pixels_in_another_format(clean, capsys):
    assert denoise(clean, "-o", clean.with_name("out.tif")) == 0
    assert "no noise found" in capsys.readouterr().out
    assert np.array_equal(imread(clean.with_name("out.tif")), imread(clean))


@pytest.mark.parametrize("option", ["--sigma", "--level"])
def test_a_level_of_0_finds_and_removes_nothing(noisy, option, capsys):
    target = noisy.with_name("out.png")
    assert denoise(noisy, "-o", target, option, 0, "--method", "tv") == 0
    assert "(level 0: no noise removed)" in capsys.readouterr().out
    assert target.read_bytes() == noisy.read_bytes()


def test_a_level_overrules_that_no_noise_is_found(clean):
    assert denoise(clean, "-o", clean.with_name("out.png"), "--sigma", 15) == 0
    assert not np.array_equal(imread(clean.with_name("out.png")), imread(clean))


def test_uncertain_levels_are_reported_with_what_to_do(clean, capsys):
    pixels = noise.grain(imread(clean), 20, np.random.default_rng(0))
    imsave(clean.with_name("noisy.png"), pixels)
    assert denoise(clean.with_name("noisy.png"), "-o", clean.with_name("out.png")) == 0
    printed = capsys.readouterr().out
    assert (
        "uncertain, because neighbouring pixels share it: compare strengths with --prev" in printed
    )


def test_impulses_are_replaced_first(clean, capsys):
    source, target = clean.with_name("in.png"), clean.with_name("out.png")
    imsave(source, noise.impulses(imread(clean), 0.05, np.random.default_rng(0)))
    assert denoise(source, "-o", target, "--compare", clean) == 0
    printed = capsys.readouterr().out
    assert re.search(r"impulses, \d\.\d% of the values, replaced; no other noise found", printed)
    found = scores(printed)
    assert found["network"] > found["median"] + 5
    assert psnr(imread(clean), imread(target)) == pytest.approx(found["network"], abs=0.01)


def test_impulses_and_noise_are_both_removed(clean, capsys):
    random = np.random.default_rng(0)
    source = clean.with_name("in.png")
    imsave(source, noise.impulses(noise.white(imread(clean), 20, random), 0.05, random))
    assert denoise(source, "-o", clean.with_name("out.png"), "--compare", clean) == 0
    printed = capsys.readouterr().out
    assert re.search(r"replaced; noise 0\.0[678]\d", printed)
    found = scores(printed)
    assert found["network"] == max(found.values())


def scores(printed: str) -> dict[str, float]:
    return {
        name: float(value) for name, value in re.findall(r"^  (\w+) +([\d.]+) dB", printed, re.M)
    }


@pytest.mark.parametrize("method", ["median", "tv", "wavelet", "nlm", "network"])
def test_each_method_is_as_good_as_the_comparison_says(noisy, clean, method, capsys):
    target = noisy.with_name("out.png")
    assert denoise(noisy, "-o", target, "--method", method, "--compare", clean) == 0
    printed = capsys.readouterr().out
    assert (f"method {method}" in printed) == (method != "network")
    found = scores(printed)
    assert [*found] == ["noisy", "network", "median", "tv", "wavelet", "nlm"]
    assert found["noisy"] == pytest.approx(psnr(imread(clean), imread(noisy)), abs=0.01)
    assert found[method] == pytest.approx(psnr(imread(clean), imread(target)), abs=0.01)
    assert all(value > found["noisy"] + 3 for name, value in found.items() if name != "noisy")
    assert found["network"] == max(found.values())


@pytest.mark.parametrize(("kind", "factor"), [("i2", 20), ("f4", 30), ("u2", 8)])
def test_pictures_are_compared_on_the_range_of_the_noisy_one(noisy, clean, kind, factor, capsys):
    values = {path: imread(path)[..., 1].clip(40, 255) for path in (noisy, clean)}
    values[clean] = values[clean].clip(60, 120)  # another range, of fewer bits
    values[noisy] = np.where(values[clean] != values[noisy], values[noisy], 50)
    for path, pixels in values.items():
        tifffile.imwrite(path.with_suffix(".tif"), (pixels * float(factor)).astype(kind))
    a, b = noisy.with_suffix(".tif"), clean.with_suffix(".tif")
    assert denoise(a, "-o", noisy.with_name("out.tif"), "--compare", b) == 0
    low, high = (0, 4095 / factor) if kind == "u2" else (values[noisy].min(), values[noisy].max())
    expected = psnr(values[clean] / 1.0, values[noisy] / 1.0, data_range=float(high) - low)
    assert scores(capsys.readouterr().out)["noisy"] == pytest.approx(expected, abs=0.1)


def test_a_picture_of_another_size_is_not_compared(noisy, clean, capsys):
    other = clean.with_name("other.png")
    imsave(other, imread(clean)[:100])
    assert denoise(noisy, "-o", noisy.with_name("out.png"), "--compare", other) == 1
    printed = capsys.readouterr().err
    assert "it is 128 × 100 colour, the picture 128 × 128 colour" in printed
    assert not noisy.with_name("out.png").exists()


def test_several_pictures_are_not_compared_with_one(noisy, clean, capsys):
    assert denoise(noisy, clean, "-o", noisy.with_name("out"), "--compare", clean) == 1
    assert "--compare takes one picture. Received: 2." in capsys.readouterr().err
    assert not noisy.with_name("out").exists()


@pytest.mark.parametrize("out", ["sheet.png", "sheet.jpg"])
@pytest.mark.parametrize("size", [(30, 20), (500, 900)])
@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_a_preview_shows_three_strengths_of_the_middle(tmp_path, out, size, dtype, capsys):
    white = np.iinfo(dtype).max
    pixels = np.random.default_rng(0).normal(0.5, 0.1, size).clip(0, 1)
    imsave(tmp_path / "in.png", (pixels * white).astype(dtype), check_contrast=False)
    assert denoise(tmp_path / "in.png", "-o", tmp_path / out, "--preview", "--sigma", 25) == 0
    target = tmp_path / ("sheet.png" if out == "sheet.png" else "sheet.jpg.png")
    assert f"-> {target} (" in capsys.readouterr().out
    assert [path.name for path in tmp_path.iterdir() if path.name != "in.png"] == [target.name]
    sheet = imread(target)
    shown = min(SIDE, size[0])
    assert sheet.shape[0] > shown
    middle = sheet[-shown // 2 - 20 : -shown // 2, :, 0].astype(float)
    quarter = sheet.shape[1] // 4
    wide = min(SIDE, size[1]) // 2
    spreads = [middle[:, 12 + n * quarter : 12 + n * quarter + wide].std() for n in range(4)]
    assert spreads[0] > spreads[1] > max(spreads[2:])


def test_there_is_nothing_to_preview_without_noise(clean, capsys):
    assert denoise(clean, "-o", clean.with_name("out.png"), "--preview") == 1
    assert "There is no noise to preview. Give a level with --sigma" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ("--sigma 256", "--sigma: Expected a number from 0 to 255"),
        ("--sigma x", "--sigma: Expected a number from 0 to 255"),
        ("--strength 0", "--strength: Expected a number from 0.1 to 10"),
        ("--strength nan", "--strength: Expected a number from 0.1 to 10"),
        ("--sigma 10 --level 0.1", "not allowed with argument"),
        ("--preview --compare clean.png", "--compare: not allowed with argument --preview"),
        ("--method gauss", "--method: invalid choice: 'gauss'"),
    ],
)
def test_impossible_options_are_refused(noisy, options, expected, capsys):
    with pytest.raises(SystemExit, match="2"):
        denoise(noisy, "-o", noisy.with_name("out.png"), *options.split())
    assert expected in capsys.readouterr().err


def test_a_level_that_its_strength_makes_impossible_is_refused(noisy, capsys):
    target = noisy.with_name("out.png")
    assert denoise(noisy, "-o", target, "--level", 0.15, "--strength", 2) == 1
    assert "The level 0.3 is impossible" in capsys.readouterr().err
    assert denoise(noisy, "-o", target, "--level", 0.15, "--strength", 2, "--method", "tv") == 0
