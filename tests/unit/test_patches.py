"""Patches of photographs: how they are cut, turned and recoloured."""

import numpy as np

from denoising.datasets.sample_photographs import read_photograph
from studies.photographs.stages._colours import recolour_turned, recoloured
from studies.photographs.stages._patches import Photographs, in_colour, patches


def test_patches_are_upright_and_turned_at_each_scale():
    photograph = np.arange(20 * 30 * 3, dtype=np.uint8).reshape(20, 30, 3)
    settings = Photographs(
        train=["a"],
        validation=["b"],
        test=["c"],
        side=10,
        step=5,
        scales=[1.0, 0.5],
        most=4,
        contrast=1,
    )
    found = patches(photograph, settings)
    assert found.shape == (2 * 4 + 2 * 2, 10, 10, 3)
    assert np.array_equal(found[0], photograph[:10, :10])
    assert np.array_equal(found[1], np.rot90(photograph[:10, :10]))
    assert np.array_equal(found[6], photograph[10:20, 20:30])


def test_each_second_patch_gets_other_colours_and_grey_ones_a_tint():
    images = np.random.default_rng(0).integers(0, 256, (40, 16, 16, 3)).astype(np.uint8)
    images[:20] = images[:20, ..., :1]
    found = {name: images.copy() for name in ("one", "again", "other")}
    for name, seed in (("one", 0), ("again", 0), ("other", 1)):
        recolour_turned(found[name], 0.4, seed)
    assert np.array_equal(found["one"], found["again"])
    assert np.array_equal(found["one"][::2], images[::2])
    for before in (images, found["other"]):
        assert (found["one"] != before)[1::2].any(axis=(1, 2, 3)).all()
    assert (found["one"] != found["one"][..., :1])[1:20:2].any(axis=(1, 2, 3)).all()


def test_recoloured_patches_keep_their_structure():
    images = np.random.default_rng(0).integers(0, 256, (40, 16, 16, 3)).astype(np.uint8)
    found = recoloured(images, 0.4, np.random.default_rng(1))
    flat = [array.reshape(40, -1, 3).transpose(0, 2, 1).astype(float) for array in (images, found)]
    for before, after in zip(*flat, strict=True):
        alike = np.corrcoef(before, after)[:3, 3:]
        assert np.allclose(alike.max(axis=0), 1, atol=1e-4)
        assert sorted(alike.argmax(axis=0)) == [0, 1, 2]
        contrast = np.ptp(after, axis=1) / np.ptp(before, axis=1)
        assert (contrast > 0.38).all()
        assert (contrast <= 1.01).all()
        assert len(np.unique(contrast)) == 3


def test_grey_photographs_have_three_equal_channels():
    moon = in_colour(read_photograph("moon.png"))
    assert moon.shape == (512, 512, 3)
    assert (moon == moon[..., :1]).all()
