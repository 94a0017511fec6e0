"""Batches of random crops: others in every epoch of training, the same ones in validation."""

import numpy as np
import pytest

from denoising.config.recipe import Recipe
from studies.photographs.stages._crops import CropBatches, crop_batches
from studies.photographs.stages._settings import Data, read_settings

SIDE = 16


def batches(sitting: int = 0) -> tuple[CropBatches, CropBatches]:
    recipe = Recipe(
        **read_settings().recipes["photos"].model_dump()
        | {"batch_size": 4, "grey": 0.0, "camera_fraction": 0.5}
    )
    random = np.random.default_rng(0)
    photographs = {
        split: [random.integers(0, 256, (24, 30, 3)).astype(np.uint8) for _ in range(number)]
        for split, number in (("train", 3), ("validation", 1))
    }
    digest = "0" * 64
    data = Data(train=digest, tests={}, validation=1, side=SIDE, crops=5)
    return crop_batches(photographs, data, recipe, 0, sitting)


def test_each_epoch_has_other_crops_and_is_the_same_again():
    train, validation = batches()
    assert (len(train), len(validation)) == (4, 2)
    first = train[0]
    train.begin(1)
    second = train[0]
    train.begin(0)
    for before, now in zip(first, train[0], strict=True):
        assert np.array_equal(before, now)
    assert not np.array_equal(first[1], second[1])
    assert first[0].shape == first[1].shape == (4, SIDE, SIDE, 3)
    assert np.array_equal(validation[0][0], batches()[1][0][0])


def test_each_sitting_has_other_crops_but_the_same_for_validation():
    first, second = batches(), batches(1)
    assert not np.array_equal(first[0][0][1], second[0][0][1])
    assert np.array_equal(first[1][0][1], second[1][0][1])
    assert np.array_equal(first[1][0][0], second[1][0][0])


def test_batches_with_a_level_input_have_the_noise_of_their_crops():
    train, _ = batches()
    train.level_input = True
    train.known[:] = True
    inputs, clean = train[0]
    found = np.sqrt(np.square(inputs["noisy"] - clean).mean(axis=(1, 2, 3)))
    assert found == pytest.approx(inputs["level"][:, 0], rel=0.5)
