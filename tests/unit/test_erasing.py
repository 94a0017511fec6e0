"""Random erasing of rectangles."""

import numpy as np

from denoising.training.erasing import LARGEST, NARROWEST, SMALLEST, draw_rectangles, erase


def test_rectangles_lie_inside_and_have_the_sizes_of_the_paper():
    edges, brightness = draw_rectangles(3000, 1.0, (60, 60, 1), np.random.default_rng(0))
    top, bottom, left, right = edges.T
    assert (top >= 0).all()
    assert (bottom <= 60).all()
    assert (left >= 0).all()
    assert (right <= 60).all()
    height, width = bottom - top, right - left
    share = height * width / 3600
    assert (share > 0.5 * SMALLEST).all()  # sides are rounded
    assert share.max() < 1.1 * LARGEST
    assert 0.15 < share.mean() < 0.25
    whole = (height < 60) & (width < 60)
    ratio = np.log(height[whole] / width[whole])
    assert np.abs(ratio).max() < -1.3 * np.log(NARROWEST)
    assert abs(ratio.mean()) < 0.1
    assert (top == 0).any()
    assert (bottom == 60).any()
    assert 0 <= brightness.min() < 0.01
    assert 0.99 < brightness.max() <= 1


def test_only_a_fraction_of_the_images_has_a_rectangle():
    edges, _ = draw_rectangles(2000, 0.25, (28, 28, 1), np.random.default_rng(0))
    empty = (edges[:, 0] == edges[:, 1]) | (edges[:, 2] == edges[:, 3])
    assert 0.21 < 1 - empty.mean() < 0.29


def test_a_rectangle_is_painted_over_and_the_rest_stays():
    images = np.random.default_rng(0).random((2, 8, 9, 3), dtype=np.float32)
    kept = images.copy()
    edges = np.array([[1, 4, 2, 9], [0, 0, 0, 0]])
    erase(images, edges, np.array([0.5, 0.7], np.float32))
    assert (images[0, 1:4, 2:9] == 0.5).all()
    images[0, 1:4, 2:9] = kept[0, 1:4, 2:9]
    assert np.array_equal(images, kept)
