"""Trainings of a study that go on from the weights of an earlier one."""

import numpy as np
import pytest

from denoising.files.errors import UserError
from denoising.files.models import read_model, write_model
from denoising.networks import photo_unet
from stages._recipes import train_on
from studies.photographs.stages._crops import crop_batches
from studies.photographs.stages._settings import read_settings

SMALL = {"width": 4, "quarter_width": 4, "blocks": 1}


@pytest.fixture
def training(tmp_path, monkeypatch):
    """Return a function that trains for one step, at a rate of almost 0, from a file's weights."""
    recipe = (
        read_settings()
        .part("photos_2")
        .recipe.model_copy(
            update={"options": SMALL, "epochs": 1, "learning_rate": 1e-12, "precision": "float32"}
        )
    )
    data = read_settings().data.model_copy(update={"side": 16, "crops": 2})
    random = np.random.default_rng(0)
    photographs = {
        split: [random.integers(0, 256, (20, 20, 3)).astype(np.uint8)]
        for split in ("train", "validation")
    }
    monkeypatch.setattr("stages._recipes.MODELS", tmp_path)
    monkeypatch.setattr("stages._recipes.CHECKPOINTS", tmp_path)

    def train(start):
        batches = crop_batches(photographs, data, recipe, 0)
        train_on(tmp_path / "second", recipe, batches, 0, start)
        return read_model(tmp_path / "second" / "denoiser.keras").get_weights()

    return train


def earlier(path, **options):
    model = photo_unet.build((None, None, 3), level_input=True, **options)
    random = np.random.default_rng(1)
    model.set_weights([random.normal(0, 0.1, each.shape) for each in model.get_weights()])
    write_model(path, model)
    return model.get_weights()


def test_a_sitting_begins_with_the_weights_of_the_earlier_one(tmp_path, training):
    given = earlier(tmp_path / "first.keras", **SMALL)
    for mine, theirs in zip(training(tmp_path / "first.keras"), given, strict=True):
        assert np.allclose(mine, theirs, atol=1e-6)


def test_weights_of_another_network_are_refused(tmp_path, training):
    earlier(tmp_path / "first.keras", **SMALL | {"width": 8})
    with pytest.raises(UserError, match="weights of another network"):
        training(tmp_path / "first.keras")
