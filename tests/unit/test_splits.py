"""Images divided at random: by class, and the same in every run."""

import numpy as np
import pytest

from denoising.datasets.splits import Split, cut
from denoising.files.errors import UserError


def test_a_cut_follows_the_classes_and_its_stream():
    numbered = np.arange(100, dtype=np.uint8).reshape(100, 1, 1, 1)
    whole = Split(numbered, np.repeat([0, 1, 2], [70, 20, 10]))
    left, taken = cut(whole, 20, 0, "a")
    assert np.bincount(taken.labels).tolist() == [14, 4, 2]
    both = np.sort(np.r_[left.images.ravel(), taken.images.ravel()])
    assert np.array_equal(both, np.arange(100))
    assert np.array_equal(taken.images, cut(whole, 20, 0, "a")[1].images)
    assert not np.array_equal(taken.images, cut(whole, 20, 0, "b")[1].images)


def test_a_cut_leaves_something_of_each_class():
    whole = Split(np.zeros((100, 1, 1, 1), np.uint8), np.repeat([0, 1], [99, 1]))
    with pytest.raises(UserError, match=r"nothing would be left of a class of 1"):
        cut(whole, 60, 0)


@pytest.mark.parametrize("size", [1, 100, 500])
def test_an_impossible_cut_is_refused(size):
    whole = Split(np.zeros((100, 1, 1, 1), np.uint8), np.arange(100) % 10)
    with pytest.raises(UserError, match=f"Cannot hold out {size} of.*from 10 .* to 99"):
        cut(whole, size, 0)
