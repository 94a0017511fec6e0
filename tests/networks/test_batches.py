"""Batches: their content and order."""

import numpy as np
import pytest

from denoising.config.training import Augmentation
from denoising.networks.inputs import UNKNOWN_LEVEL
from denoising.training.batches import Batches
from denoising.training.fresh_noise import fresh_noise
from denoising.training.loop import Course, Objective, fit
from tests.support.learning import NOISE, STILL, batches, small_denoiser


def everything(some: Batches, epoch: int) -> tuple[np.ndarray, np.ndarray]:
    """Return an epoch's images and targets, in the order of the images' indices."""
    some.begin(epoch)
    parts = [some[number] for number in range(len(some))]
    order = np.argsort(some.order)
    return tuple(np.concatenate([part[side] for part in parts])[order] for side in (0, 1))


def test_with_a_range_each_image_has_its_own_noise_level(pixels):
    some = batches(pixels, degrade=fresh_noise(NOISE, 0, "train", [0.1, 0.5]), augmentation=STILL)
    levels = {}
    for epoch in (0, 1):
        seen, clean = everything(some, epoch)
        inside = (seen > 0) & (seen < 1)  # values cut to [0, 1] have less noise left
        off = np.where(inside, seen - clean, np.nan)
        levels[epoch] = 1.4826 * np.nanmedian(np.abs(off), axis=(1, 2, 3))
    assert 0.08 < levels[0].min() < 0.15
    assert levels[0].max() > 0.3
    assert abs(np.corrcoef(levels[0], levels[1])[0, 1]) < 0.5


def test_a_network_with_a_level_input_gets_the_level_of_each_image(pixels):
    noise = NOISE.model_copy(update={"clip": False})
    some = batches(pixels, degrade=fresh_noise(noise, 0, "train", [0.1, 0.5]), augmentation=STILL)
    some.level_input = True
    seen, clean = some[0]
    assert seen["level"].shape == (16, 1)
    measured = (seen["noisy"] - clean).std(axis=(1, 2, 3))
    assert measured == pytest.approx(seen["level"][:, 0], rel=0.15)


def test_the_level_is_withheld_for_a_fraction_of_the_images(pixels):
    degrade = fresh_noise(NOISE, 0, "train", [0.1, 0.5])
    some = batches(pixels, degrade=degrade, augmentation=STILL, level_known=0.3)
    some.level_input = True
    levels = np.concatenate([some[number][0]["level"][:, 0] for number in range(len(some))])
    assert 0.1 < (levels >= 0.1).mean() < 0.5
    assert set(levels[levels < 0.1]) == {UNKNOWN_LEVEL}
    some.begin(1)
    assert not np.array_equal(levels, np.concatenate([some[n][0]["level"][:, 0] for n in range(4)]))


def test_grey_images_have_grey_noise(pixels):
    colour = np.concatenate([pixels, 255 - pixels, pixels // 2], axis=3)
    colour[:8] = colour[:8, ..., :1]  # grey from the beginning
    grey = Augmentation(flip=False, shift=0, grey=0.5)
    some = batches(colour, degrade=fresh_noise(NOISE, 0), augmentation=grey)
    seen, clean = everything(some, 0)

    def is_grey(images):
        return (images == images[..., :1]).all(axis=(1, 2, 3))

    assert np.array_equal(is_grey(seen), is_grey(clean))
    assert is_grey(clean)[:8].all()
    assert 0.2 < is_grey(clean)[8:].mean() < 0.8
    average = colour.mean(axis=3, keepdims=True) / 255
    assert clean[is_grey(clean)] == pytest.approx(
        np.repeat(average[is_grey(clean)], 3, axis=3), abs=1e-6
    )


def test_without_augmentation_images_come_as_they_are_stored(pixels):
    stored = np.random.default_rng(0).random(pixels.shape, dtype=np.float32)
    some = batches(pixels, noisy=stored, size=10)
    assert len(some) == 7
    seen, clean = some[6]
    assert np.array_equal(seen, stored[60:])
    assert np.array_equal(clean, pixels[60:].astype(np.float32) / 255)


def test_each_epoch_shows_every_image_once_in_a_new_order(pixels):
    some = batches(pixels, augmentation=STILL)
    orders = []
    for epoch in (0, 1, 0):
        some.begin(epoch)
        orders.append(some.order)
        assert sorted(some.order) == list(range(len(pixels)))
    assert np.array_equal(orders[0], orders[2])
    assert not np.array_equal(orders[0], orders[1])


def test_fresh_noise_is_new_in_every_epoch_and_the_same_in_every_run(pixels):
    some = batches(pixels, degrade=fresh_noise(NOISE, 0), augmentation=STILL)
    first, clean = everything(some, 0)
    second, _ = everything(some, 1)
    again, _ = everything(batches(pixels, degrade=fresh_noise(NOISE, 0), augmentation=STILL), 0)
    assert np.array_equal(first, again)
    correlation = np.corrcoef((first - clean).ravel(), (second - clean).ravel())[0, 1]
    assert abs(correlation) < 0.1


def test_batch_size_changes_neither_noise_nor_augmentation(pixels):
    moving = Augmentation(flip=True, shift=2)
    kinds = [
        everything(
            batches(pixels, degrade=fresh_noise(NOISE, 0), augmentation=moving, size=size), 3
        )
        for size in (7, 64)
    ]
    assert np.array_equal(kinds[0][0], kinds[1][0])
    assert np.array_equal(kinds[0][1], kinds[1][1])


def test_stored_noisy_images_move_with_the_clean_ones(pixels):
    stored = pixels.astype(np.float32) / 255
    seen, clean = everything(
        batches(pixels, noisy=stored, augmentation=Augmentation(flip=True, shift=3)), 0
    )
    assert np.allclose(seen, clean)
    assert not np.allclose(seen, stored)


def test_flips_mirror_left_to_right_about_half_of_the_images(pixels):
    seen, _ = everything(batches(pixels, augmentation=Augmentation(flip=True, shift=0)), 0)
    clean = pixels.astype(np.float32) / 255
    same = (seen == clean).all(axis=(1, 2, 3))
    mirrored = (seen == clean[:, :, ::-1]).all(axis=(1, 2, 3))
    assert (same ^ mirrored).all()
    assert 0.25 < mirrored.mean() < 0.75


def test_targets_match_the_outputs_of_the_network(pixels):
    seen, classes = batches(pixels, "classification")[0]
    assert np.array_equal(seen, pixels[:16].astype(np.float32) / 255)
    assert np.array_equal(classes.argmax(axis=1), np.arange(16) % 4)
    _, both = batches(pixels, "joint")[0]
    assert np.array_equal(both["classification"], classes)
    assert np.array_equal(both["reconstruction"], seen)


def test_classes_are_learned_from_the_targets_where_there_are_any(pixels):
    some = batches(pixels, "joint", augmentation=STILL)
    taught = np.random.default_rng(0).random((len(pixels), 4), dtype=np.float32)
    some.samples = some.samples._replace(targets=taught)
    _, targets = some[1]
    assert np.array_equal(targets["classification"], taught[some.order[16:32]])


@pytest.mark.parametrize("target", ["classification", "joint"])
def test_rectangles_are_erased_before_the_noise_is_added(pixels, target):
    degrade = fresh_noise(NOISE, 0)
    whole, erased = (
        batches(pixels, target, degrade=degrade, augmentation=STILL, erase=erase)
        for erase in (0, 0.5)
    )
    changed = []
    for epoch in (0, 1):
        whole.begin(epoch)
        erased.begin(epoch)
        (seen, targets), (before, original) = erased[0], whole[0]
        changed.append((seen != before).any(axis=(1, 2, 3)))
        if target == "joint":
            other = targets["reconstruction"] != original["reconstruction"]
            assert np.array_equal(other.any(axis=(1, 2, 3)), changed[-1])
            assert other[changed[-1]].mean() < 0.5
        inside = seen[changed[-1]] != before[changed[-1]]
        assert len(np.unique(seen[changed[-1]][inside])) > 100, "the rectangles have no noise"
    assert 0.2 < np.mean(changed) < 0.8
    assert not np.array_equal(*changed)


def test_validation_images_are_never_erased(pixels):
    seen, _ = batches(pixels, "classification", erase=1)[0]
    assert np.array_equal(seen, pixels[:16].astype(np.float32) / 255)


def test_images_that_the_stride_does_not_divide_are_padded(pixels):
    some = batches(pixels[:, :27, :26], "joint")
    some.growth = (1, 2)
    seen, targets = some[0]
    assert seen.shape == targets["reconstruction"].shape == (16, 28, 28, 1)
    assert np.array_equal(seen[:, 27], seen[:, 26])


def test_keras_requests_each_batch_of_each_epoch_in_order(pixels, monkeypatch):
    asked = []
    original = Batches.__getitem__

    def noting(self, number):
        if self.settings.augmentation:
            asked.append((self.epoch, number))
        return original(self, number)

    monkeypatch.setattr(Batches, "__getitem__", noting)
    some = batches(pixels, augmentation=STILL)
    model = small_denoiser()
    fit(model, some, batches(pixels), Objective("mse", []), Course(2, 1e-3, "cosine", 5))
    shown = [(epoch, number) for epoch in (0, 1) for number in range(len(some))]
    assert [pair for pair in asked if pair in shown][-len(shown) :] == shown
