"""The command `denoise image`: pictures in, denoised pictures out."""

import numpy as np
import pytest
from skimage.io import imread, imsave

from denoising.inference.tiling import denoise_large
from tests.support.command import denoise


def test_one_picture_is_denoised_into_one_file(picture, models, capsys):
    target = picture.with_name("out.png")
    assert denoise(picture, "-o", target, "--model", models["colour"]) == 0
    assert np.array_equal(imread(target), imread(picture))
    assert f"{picture} -> {target} (noise 0.000, 0 of 255)" in capsys.readouterr().out


def test_a_model_for_grey_takes_colour_channel_by_channel(picture, models):
    target = picture.with_name("out.png")
    assert denoise(picture, "-o", target, "--model", models["grey"]) == 0
    assert np.array_equal(imread(target), imread(picture))


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_a_model_for_colour_takes_grey_of_each_depth(tmp_path, models, dtype):
    pixels = np.random.default_rng(0).integers(0, np.iinfo(dtype).max, (40, 50)).astype(dtype)
    imsave(tmp_path / "in.png", pixels, check_contrast=False)
    assert denoise(tmp_path / "in.png", "-o", tmp_path / "o.png", "--model", models["colour"]) == 0
    assert imread(tmp_path / "o.png").dtype == dtype
    assert np.abs(imread(tmp_path / "o.png").astype(int) - pixels).max() <= 1


def test_a_folder_keeps_its_structure_and_failing_pictures_are_skipped(picture, models, capsys):
    folder, output = picture.parent / "scans", picture.parent / "clean"
    (folder / "deep").mkdir(parents=True)
    good = ["a.png", "deep/b.png"]
    for name in good:
        (folder / name).write_bytes(picture.read_bytes())
    (folder / "cut.png").write_bytes(picture.read_bytes()[:300])
    (folder / "empty.jpg").touch()
    (folder / "words.tif").write_text("no picture")
    (folder / "notes.txt").write_text("not looked at")
    assert denoise(folder, "-o", output, "--model", models["colour"]) == 1
    written = sorted(str(path.relative_to(output)) for path in output.rglob("*.*"))
    assert written == good
    printed = capsys.readouterr()
    assert "2 of 5 pictures done." in printed.out
    assert all(f"skipped {folder}/{name}: " in printed.err for name in ("cut.png", "empty.jpg"))
    assert "notes.txt" not in printed.err
    assert "Traceback" not in printed.err


def test_existing_files_are_not_overwritten(picture, models, capsys):
    target = picture.with_name("out.png")
    target.write_text("precious")
    arguments = (picture, "-o", target, "--model", models["colour"])
    assert denoise(*arguments) == 1
    assert target.read_text() == "precious"
    assert "Overwrite it with --force" in capsys.readouterr().err
    assert denoise(*arguments, "--force") == 0
    assert np.array_equal(imread(target), imread(picture))


def test_two_pictures_with_one_name_are_refused_before_anything_is_written(picture, models, capsys):
    other = picture.parent / "other" / "in.png"
    other.parent.mkdir()
    other.write_bytes(picture.read_bytes())
    output = picture.parent / "out"
    assert denoise(picture, other, "-o", output, "--model", models["colour"]) == 1
    assert "would both be written to" in capsys.readouterr().err
    assert not output.exists()


def test_noise_can_be_added_before_denoising(picture, models):
    imsave(picture, np.full((64, 64, 3), 128, np.uint8), check_contrast=False)
    target = picture.with_name("out.png")
    arguments = (picture, "-o", target, "--model", models["colour"], "--add-noise", "0.1")
    assert denoise(*arguments) == 0
    noisy = imread(target.with_name("out.png.noisy.png"))
    assert noisy.std() / 255 == pytest.approx(0.1, rel=0.05)
    assert np.array_equal(imread(target), noisy)
    target.unlink()
    assert denoise(*arguments) == 1  # the noisy one is there already
    assert not target.exists()


@pytest.mark.parametrize(
    ("model", "noise", "level", "expected"),
    [
        ("grey", 0.1, None, [-1.0, 0.1]),
        ("grey", 0.3, None, [-1.0, 0.2]),  # the highest that it was trained on
        ("grey", 0.1, "0.07", [0.07]),
        ("always", 0.1, "0.07", [0.07]),
        ("always", 0.1, None, [0.1]),
    ],
)
def test_a_network_with_a_level_input_gets_the_given_or_the_estimated_level(
    picture, models, monkeypatch, model, noise, level, expected
):
    random = np.random.default_rng(0)
    noisy = np.rint(255 * np.clip(random.normal(0.5, noise, (128, 128)), 0, 1)).astype(np.uint8)
    imsave(picture, noisy, check_contrast=False)
    levels = []

    def record(model, pixels, level, *progress):
        levels.append(level)
        # Without a level, return plain grey, so that everything counts as noise.
        return np.full_like(pixels, 128) if level < 0 else denoise_large(model, pixels, level)

    monkeypatch.setattr("denoising.baselines.toolbox.denoise_large", record)
    monkeypatch.setattr("denoising.inference.blind.denoise_large", record)
    arguments = [picture, "-o", picture.with_name("out.png"), "--model", models[model]]
    assert denoise(*arguments, *(["--level", level] if level else [])) == 0
    assert levels == pytest.approx(expected, rel=0.05)


def test_a_level_without_effect_is_refused(picture, models, capsys):
    target = picture.with_name("out.png")
    assert denoise(picture, "-o", target, "--model", models["colour"], "--level", "0.1") == 1
    assert "has no level input" in capsys.readouterr().err
    assert not target.exists()


def test_a_level_above_the_models_range_is_refused(picture, models, capsys):
    target = picture.with_name("out.png")
    assert denoise(picture, "-o", target, "--model", models["grey"], "--level", "0.3") == 1
    assert "trained on levels up to 0.2" in capsys.readouterr().err


def test_system_errors_skip_a_picture(picture, models, capsys):
    other = picture.with_name("b.png")
    other.write_bytes(picture.read_bytes())
    folder = picture.with_name("out.v2")  # a folder, whatever its name looks like
    (folder / "in.png").mkdir(parents=True)
    assert denoise(picture, other, "-o", folder, "--model", models["colour"], "--force") == 1
    printed = capsys.readouterr()
    assert f"skipped {picture}: " in printed.err
    assert "1 of 2 pictures done." in printed.out
    assert (folder / "b.png").is_file()
    assert denoise(picture, "-o", folder, "--model", models["colour"]) == 1
    (folder / "in.png").rmdir()
    assert denoise(picture, "-o", folder, "--model", models["colour"]) == 0


@pytest.mark.parametrize("level", ["-0.1", "1.5", "nan", "much"])
def test_impossible_levels_are_refused(picture, level, capsys):
    with pytest.raises(SystemExit, match="2"):
        denoise(picture, "-o", "out.png", "--level", level)
    assert "--level" in capsys.readouterr().err
