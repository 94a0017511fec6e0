"""A network with as many multiply-adds as another."""

from functools import partial
from types import SimpleNamespace

import keras
import numpy as np
import pytest

from denoising.config.params import read_params
from denoising.files.errors import UserError
from denoising.files.tables import read_json
from denoising.networks import resnet
from denoising.networks.complexity import multiply_adds, value_for_work
from studies.equal_work.stages import train_control
from studies.equal_work.stages.train_control import (
    classifier,
    epochs_of_learning,
    joint_work,
    present_value,
    with_classifier,
)
from tests.support.params import with_section

SHAPE = (12, 12, 1)


def raised(value: int) -> keras.Model:
    return resnet.build(SHAPE, 3, width=value)


@pytest.mark.parametrize("wanted", [1, 50_000, 200_000])
def test_the_smallest_value_with_enough_work_is_found(wanted):
    found = value_for_work(raised, wanted, "width", start=4)
    assert multiply_adds(raised(found)) >= wanted
    assert found == 4 or multiply_adds(raised(found - 1)) < wanted


@pytest.mark.parametrize("option", ["dropout", "seed", "image_shape"])
def test_an_option_that_is_no_whole_number_is_refused(option):
    with pytest.raises(UserError, match=rf"option of resnet that is a whole .* '{option}'"):
        present_value(read_params(), option)


def test_an_option_is_raised_from_its_present_value():
    params = read_params()
    assert present_value(params, "width") == 48
    assert present_value(with_classifier(params, {"width": 8}, 1), "width") == 8


def test_an_option_that_adds_no_work_is_refused():
    with pytest.raises(UserError, match=r"option seed does not raise the classifier's multiply"):
        value_for_work(lambda value: raised(8), 10**9, "option seed")


@pytest.mark.parametrize(("form", "work"), [("branches", 43.9e6), ("cascade", 53.5e6)])
def test_the_work_of_the_joint_network_is_that_of_its_form(form, work):
    changed = with_section(read_params(), "joint", form=form)
    assert joint_work(changed, (28, 28, 1), 10) == pytest.approx(work, rel=0.01)


def test_the_control_has_the_work_of_the_joint_network():
    params, wanted = read_params(), 53_500_000
    build = partial(classifier, params, image_shape=(28, 28, 1), classes=10)
    width = value_for_work(lambda value: build({"width": value}), wanted, "width", 48)
    assert 1 <= multiply_adds(build({"width": width})) / wanted < 1.05


@pytest.mark.parametrize(
    ("form", "start", "epochs"),
    [("cascade", "trained", 2 + 3), ("branches", "trained", 3), ("cascade", "scratch", 3)],
)
def test_the_control_learns_as_long_as_the_joint_network_and_its_classifier(form, start, epochs):
    params = with_section(read_params(), "joint", form=form, start=start)
    lengths = params.data.training
    assert (lengths.classifier.epochs, lengths.joint.epochs) == (2, 3)
    assert epochs_of_learning(params) == epochs


def test_images_are_padded_as_the_joint_network_pads_them():
    params = read_params()
    assert joint_work(params, (27, 26, 1), 10) == joint_work(params, (28, 28, 1), 10)


def test_the_control_differs_in_its_options_and_epochs_alone():
    params = read_params()
    changed = with_classifier(params, {"width": 70}, 9)
    assert changed.classifier.options == params.classifier.options | {"width": 70}
    assert changed.data.training.classifier.epochs == 9
    again = with_classifier(changed, {}, params.data.training.classifier.epochs)
    same = again.classifier.model_copy(update={"options": params.classifier.options})
    assert again.model_copy(update={"classifier": same}) == params


def test_the_precision_is_reported_once_by_the_training(tmp_path, monkeypatch, capsys):
    """The work is counted before it, which needs the same preparation."""
    params, trained = read_params(), []
    report = "Training in float32.\n"

    def train(changed, data, place):
        print(report, end="")
        trained.append((data, changed.data.training.classifier.epochs))

    images = SimpleNamespace(clean=np.zeros((1, *SHAPE), np.uint8))
    monkeypatch.setattr(train_control, "read_clean", lambda split, dataset: images)
    monkeypatch.setattr(train_control, "prepare", lambda params: print(report, end=""))
    monkeypatch.setattr(train_control, "joint_work", lambda params, shape, classes: 1)
    monkeypatch.setattr(train_control.train_classifier, "main", train)
    monkeypatch.setattr(train_control, "WORK", tmp_path / "work.json")
    train_control.main(params)
    assert capsys.readouterr().out == report
    assert trained == [("noisy", read_json(tmp_path / "work.json")["epochs"])]
    assert trained[0][1] == epochs_of_learning(params)
