"""The commands `denoise classify` and `denoise info`, and models for another task."""

import os
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from skimage.io import imsave

from denoising.cli.main import main
from denoising.config.card import Card
from denoising.networks import joint, photo_unet, residual_unet, resnet
from tests.networks.conftest import CARD, SMALL, write
from tests.support.dag import ROOT
from tests.support.signs import card_of, signs


def signs_card() -> Card:
    """Return the card of a classifier of light signs on black."""
    return card_of(signs(400))


def test_a_joint_network_classifies_images_that_its_stride_does_not_divide(picture, capsys):
    model = joint.build((None, None, 1), 2, residual_unet, {"width": 8})
    card = CARD.model_copy(update={"classes": ["cat", "dog"], "size": [30, 30, 1]})
    path = write(picture.with_name("joint.onnx"), model, card)
    assert main(["classify", str(picture), "--model", str(path)]) == 0
    assert re.search(r": (cat|dog) \d+%", capsys.readouterr().out)


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


@pytest.fixture
def drawn(tmp_path) -> Path:
    """Return a folder with a light sign on black, a dark one on white, and random pixels."""
    sign = signs(1, seed=1)[0, ..., 0]
    noise = np.random.default_rng(0).integers(0, 256, (28, 28)).astype(np.uint8)
    for name, pixels in (("dark", 255 - sign), ("light", sign), ("noise", noise)):
        (tmp_path / "drawn").mkdir(exist_ok=True)
        imsave(tmp_path / f"drawn/{name}.png", pixels, check_contrast=False)
    return tmp_path / "drawn"


def test_a_picture_unlike_the_training_images_is_inverted_or_reported(drawn, capsys):
    path = write(drawn.with_name("signs.onnx"), resnet.build((28, 28, 1), 3, width=8), signs_card())
    command = ["classify", str(drawn), "--model", str(path)]
    assert main(command) == 0
    dark, light, noise, _ = capsys.readouterr().out.splitlines()
    assert re.search(r"dark\.png: \w+ \d+% \(inverted\)$", dark)
    assert re.search(r"light\.png: \w+ \d+%$", light)
    unlike = r"unlike the images of signs that the classifier was trained on\)$"
    assert re.search(r"noise\.png: \w+ \d+% \(" + unlike, noise)
    assert dark.split()[1:3] == light.split()[1:3]
    assert main([*command, "--as-is"]) == 0
    dark, again, _, _ = capsys.readouterr().out.splitlines()
    assert re.search(r"dark\.png: \w+ \d+% \(" + unlike, dark)
    assert again == light


def test_classify_names_what_is_left_out(drawn, capsys):
    (drawn / "IMG_1.CR2").write_bytes(b"\0\0\0\x18ftypheic")
    path = write(drawn.with_name("signs.onnx"), resnet.build((28, 28, 1), 3, width=8), signs_card())
    assert main(["classify", str(drawn), "--model", str(path)]) == 1
    printed = capsys.readouterr()
    assert "3 of 3 pictures done." in printed.out
    assert printed.err.startswith("left out: 1 .cr2\n")


@pytest.mark.parametrize(
    ("command", "model", "expected"),
    [
        (["classify", "IN"], "colour", "is not a classifier"),
        (["classify", "IN"], "nameless", "does not name its 3 classes"),
        (["image", "IN", "-o", "out.png"], "classifier", "is not a denoiser"),
        (["image", "IN", "-o", "out.png"], "in.png", "is not a complete .onnx model"),
        (["image", "IN", "-o", "out.png"], "nothing.onnx", "There is no model at"),
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
    assert "trained on 9 images of squares, 28×28×1, with Gaussian noise of level 0 to 0.2" in said
    assert "with the level as an optional input" in said
    assert main(["info", str(models["nameless"])]) == 0
    assert "The file does not name its training data." in capsys.readouterr().out


@pytest.mark.parametrize("command", ["classify", "image", "info"])
def test_a_keras_file_does_what_the_file_beside_it_does(picture, capsys, command):
    built = {
        "image": photo_unet.build((None, None, 3), **SMALL),
        "classify": resnet.build((28, 28, 1), 2, width=8),
    }
    model = built.get(command, built["classify"])
    card = CARD.model_copy(update={"classes": ["cat", "dog"], "level_known": 0})
    printed = []
    for suffix in (".onnx", ".keras"):
        path, target = (picture.with_name(f"{name}{suffix}") for name in ("model", "out.png"))
        write(path, model, card)
        arguments = {
            "classify": [str(picture), "--most", "2", "--model", str(path)],
            "image": [str(picture), "-o", f"{target}.png", "--model", str(path)],
            "info": [str(path)],
        }
        assert main([command, *arguments[command]]) == 0
        said = capsys.readouterr().out
        printed.append(re.sub(r"\S*/|\.(onnx|keras)|, \d\.\d MiB", "", said))
    assert printed[0] == printed[1]


@pytest.mark.parametrize("suffix", [".onnx", pytest.param(".keras", marks=pytest.mark.long)])
def test_the_command_prints_nothing_but_its_answer(tmp_path, suffix):
    path = write(tmp_path / f"grey{suffix}", photo_unet.build((None, None, 1), **SMALL))
    command = [sys.executable, "-m", "denoising", "info", str(path)]
    variables = {key: value for key, value in os.environ.items() if not key.startswith("TF_")}
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, env=variables)
    assert "trained on 9 images of squares" in done.stdout
    assert not done.stderr
