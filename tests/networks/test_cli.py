"""The command `denoise`: pictures in, pictures and verdicts out, whatever lies between them."""

import os
import re
import shutil
import subprocess
import sys
import tomllib

import keras
import numpy as np
import pytest
from skimage.io import imread, imsave

from denoising.cli.main import main
from denoising.config.card import Card
from denoising.files.models import write_model
from denoising.inference.tiling import denoise_large
from denoising.networks import joint, photo_unet, residual_unet, resnet
from tests.support.dag import ROOT
from tests.support.learning import without_zeros
from tests.support.workspace import succeed

NOISE = {"noise": "gaussian", "levels": [0, 0.2], "clip": True}
SMALL = {"width": 8, "quarter_width": 8, "blocks": 1}
CARD = Card(dataset="squares", images=9, size=[28, 28, 1], seed=0, told=0.3, **NOISE)


def write(path, model, card: Card | None = CARD):
    write_model(path, model, card and card.model_dump())
    return path


@pytest.fixture(scope="module")
def models(tmp_path_factory):
    """Return denoisers, which have learned nothing yet and give back what they get, and others."""
    folder = tmp_path_factory.mktemp("models")
    found = {"grey": {"told": True}, "colour": {}, "always": {"told": True}}
    for name, options in found.items():
        channels = 3 if name == "colour" else 1
        model = photo_unet.build((None, None, channels), **SMALL, **options)
        card = CARD.model_copy(update={"told": 1.0 if name == "always" else 0.3})
        found[name] = write(folder / f"{name}.keras", model, card)
    named = CARD.model_copy(update={"classes": ["cat", "dog", "eel"]})
    keras.utils.set_random_seed(0)
    classifier = resnet.build((28, 28, 1), 3, width=8)
    found["classifier"] = write(folder / "classifier.keras", classifier, named)
    found["nameless"] = write(folder / "nameless.keras", classifier, None)
    return found


@pytest.fixture
def picture(tmp_path):
    pixels = np.random.default_rng(0).integers(0, 256, (40, 50, 3)).astype(np.uint8)
    imsave(tmp_path / "in.png", pixels, check_contrast=False)
    return tmp_path / "in.png"


def denoise(*arguments) -> int:
    return main(["image", *map(str, arguments)])


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
    told = capsys.readouterr()
    assert "2 of 5 pictures done." in told.out
    assert all(f"skipped {folder}/{name}: " in told.err for name in ("cut.png", "empty.jpg"))
    assert "notes.txt" not in told.err
    assert "Traceback" not in told.err


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
    ("model", "noise", "level", "told"),
    [
        ("grey", 0.1, None, [-1.0, 0.1]),
        ("grey", 0.3, None, [-1.0, 0.2]),  # the highest that it was trained on
        ("grey", 0.1, "0.07", [0.07]),
        ("always", 0.1, "0.07", [0.07]),
        ("always", 0.1, None, [0.1]),
    ],
)
def test_a_network_with_a_level_input_gets_the_given_or_the_estimated_level(
    picture, models, monkeypatch, model, noise, level, told
):
    random = np.random.default_rng(0)
    noisy = np.rint(255 * np.clip(random.normal(0.5, noise, (128, 128)), 0, 1)).astype(np.uint8)
    imsave(picture, noisy, check_contrast=False)
    heard = []

    def listen(model, pixels, level, *progress):
        heard.append(level)
        # Where it does not know the level, it finds that all of it was noise.
        return np.full_like(pixels, 128) if level < 0 else denoise_large(model, pixels, level)

    monkeypatch.setattr("denoising.tiles.denoise_large", listen)
    monkeypatch.setattr("denoising.unknown_level.denoise_large", listen)
    arguments = [picture, "-o", picture.with_name("out.png"), "--model", models[model]]
    assert denoise(*arguments, *(["--level", level] if level else [])) == 0
    assert heard == pytest.approx(told, rel=0.05)


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
    told = capsys.readouterr()
    assert f"skipped {picture}: " in told.err
    assert "1 of 2 pictures done." in told.out
    assert (folder / "b.png").is_file()
    assert denoise(picture, "-o", folder, "--model", models["colour"]) == 1
    (folder / "in.png").rmdir()
    assert denoise(picture, "-o", folder, "--model", models["colour"]) == 0


def test_a_joint_network_classifies_images_that_its_stride_does_not_divide(picture, capsys):
    model = joint.build((None, None, 1), 2, residual_unet, {"width": 8})
    card = CARD.model_copy(update={"classes": ["cat", "dog"], "size": [30, 30, 1]})
    path = write(picture.with_name("joint.keras"), model, card)
    assert main(["classify", str(picture), "--model", str(path)]) == 0
    assert re.search(r": (cat|dog) \d+%", capsys.readouterr().out)


@pytest.mark.parametrize("level", ["-0.1", "1.5", "nan", "much"])
def test_impossible_levels_are_refused(picture, level, capsys):
    with pytest.raises(SystemExit, match="2"):
        denoise(picture, "-o", "out.png", "--level", level)
    assert "--level" in capsys.readouterr().err


def test_verdicts_are_the_likeliest_classes(picture, models, capsys):
    assert main(["classify", str(picture), "--model", str(models["classifier"])]) == 0
    (one,) = capsys.readouterr().out.splitlines()
    command = ["classify", str(picture), "--most", "9", "--model", str(models["classifier"])]
    assert main(command) == 0
    (line,) = capsys.readouterr().out.splitlines()
    name, verdicts = line.split(": ")
    assert name == str(picture)
    classes, chances = zip(*(verdict.split() for verdict in verdicts.split(", ")), strict=True)
    chances = [int(chance.rstrip("%")) for chance in chances]
    assert set(classes) == {"cat", "dog", "eel"}
    assert chances == sorted(chances, reverse=True)
    assert sum(chances) == pytest.approx(100, abs=2)
    assert line.startswith(one)


@pytest.mark.parametrize(
    ("command", "model", "expected"),
    [
        (["classify", "IN"], "colour", "is not a classifier"),
        (["classify", "IN"], "nameless", "does not name its 3 classes"),
        (["image", "IN", "-o", "out.png"], "classifier", "is not a denoiser"),
        (["image", "IN", "-o", "out.png"], "in.png", "Expected a whole .keras model"),
        (["image", "IN", "-o", "out.png"], "nothing.keras", "There is no .keras file"),
    ],
)
def test_models_for_another_task_are_refused(picture, models, capsys, command, model, expected):
    path = models.get(model, picture.with_name(model))
    command = [str(picture) if part == "IN" else part for part in command]
    assert main([*command, "--model", str(path)]) == 1
    error = capsys.readouterr().err
    assert error.startswith("error: ")
    assert "Traceback" not in error
    assert re.search(expected, error)


def test_info_describes_the_training_data_of_a_model(models, capsys):
    assert main(["info", str(models["grey"])]) == 0
    said = capsys.readouterr().out
    assert "trained on 9 images of squares, 28×28×1, with gaussian noise of level 0 to 0.2" in said
    assert "with the level as an optional input" in said
    assert main(["info", str(models["nameless"])]) == 0
    assert "The file does not name its training data." in capsys.readouterr().out


def test_tiles_have_no_seams(monkeypatch):
    keras.utils.set_random_seed(0)
    model = without_zeros(photo_unet.build((None, None, 1)))
    pixels = np.random.default_rng(0).integers(0, 256, (300, 420, 1)).astype(np.uint8)
    whole = denoise_large(model, pixels)
    assert np.abs(whole.astype(int) - pixels).max() > 5
    monkeypatch.setattr("denoising.tiles.TILE", 128)
    done = []
    tiled = denoise_large(model, pixels, progress=done.append)
    assert len(done) == 12
    assert sum(done) == pixels.size
    assert np.abs(tiled.astype(int) - whole).max() <= 1
    monkeypatch.setattr("denoising.tiles.HALO", 16)
    assert np.abs(denoise_large(model, pixels).astype(int) - whole).max() > 1


def test_the_help_opens_without_keras_and_names_every_command():
    program = "import sys; from denoising.cli import main\ntry: main(['--help'])\nfinally: "
    program += "print([name for name in ('keras', 'tensorflow') if name in sys.modules])"
    command = [sys.executable, "-c", program]
    found = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert found.stdout.splitlines()[-1] == "[]"
    for command in ("image", "classify", "info", "--add-noise"):
        assert command in found.stdout


def test_the_command_prints_nothing_but_its_answer(models):
    command = [sys.executable, "-m", "denoising", "info", str(models["grey"])]
    variables = {key: value for key, value in os.environ.items() if not key.startswith("TF_")}
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, env=variables)
    assert "trained on 9 images of squares" in done.stdout
    assert not done.stderr


def test_the_installed_command_and_the_model_are_in_the_package():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    assert project["project"]["scripts"] == {"denoise": "denoising.cli.main:main"}
    assert "*.keras" in project["tool"]["setuptools"]["package-data"]["denoising.inference"]


@pytest.mark.long
def test_the_commands_on_their_page_work(copy, tmp_path):
    folder = tmp_path / "project"
    shutil.copytree(copy, folder, ignore=shutil.ignore_patterns(".git", "cache"), symlinks=True)
    block = (ROOT / "docs/command.md").read_text()
    commands = re.findall(r"^(python -m denoising .*?) *(?:#.*)?$", block, re.MULTILINE)
    assert len(commands) == 4
    said = [succeed(command, folder) for command in commands]
    assert (folder / "quiet.png").exists()
    assert (folder / "clean/cat.png.noisy.png").exists()
    clean, noisy = imread(folder / "quiet.png"), imread(folder / "examples/pictures/cat.png")
    assert (
        np.abs(np.diff(clean.astype(int), axis=0)).mean()
        < 0.5 * np.abs(np.diff(noisy.astype(int), axis=0)).mean()
    )
    assert re.search(r"cat.png: \d \d+%", said[2])
    assert "trained on" in said[3]
