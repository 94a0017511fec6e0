"""Images divided at random: by class, and the same in every run."""

import hashlib
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.datasets import load_digits

from denoising.datasets.splits import Part, Split, cut
from denoising.files import arrays
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


def numbered(*counts: int) -> Split:
    """Return images that hold their own number, with so many of each class."""
    labels = np.repeat(np.arange(len(counts)), counts)
    return Split(np.arange(len(labels), dtype=np.int64).reshape(-1, 1, 1, 1), labels)


@pytest.mark.parametrize(
    ("counts", "size", "leave", "expected"),
    [
        ((990, 10), 20, 1, [19, 1]),  # its share would be 0
        ((500, 495, 5), 50, 1, [25, 24, 1]),
        ((990, 2, 2), 900, 2, None),
        ((990, 3, 3), 900, 2, [898, 1, 1]),  # its share would be 3
        ((2, 2, 2), 3, 1, [1, 1, 1]),
        ((100, 2), 101, 1, None),
        ((100, 2), 100, 1, [99, 1]),
    ],
)
def test_each_class_is_in_both_parts_or_the_cut_is_refused(counts, size, leave, expected):
    if expected is None:
        with pytest.raises(UserError, match="Expected"):
            cut(numbered(*counts), size, 0, leave=leave)
        return
    left, taken = cut(numbered(*counts), size, 0, leave=leave)
    assert np.bincount(taken.labels).tolist() == expected
    assert np.bincount(left.labels).min() >= leave
    assert len(np.union1d(left.images, taken.images)) == sum(counts)


@given(st.lists(st.integers(3, 300), min_size=2, max_size=12), st.data())
def test_any_size_that_is_possible_gives_each_class_its_images(counts, data):
    size = data.draw(st.integers(len(counts), sum(counts) - 2 * len(counts)))
    left, taken = cut(numbered(*counts), size, 0, leave=2)
    assert len(taken.labels) == size
    assert np.bincount(taken.labels, minlength=len(counts)).min() >= 1
    assert np.bincount(left.labels, minlength=len(counts)).min() >= 2


def test_a_class_of_one_image_is_refused():
    with pytest.raises(UserError, match=r"too few images \(1 of 100\).*at least 2 images"):
        cut(numbered(99, 1), 60, 0)


@pytest.mark.parametrize("size", [1, 91, 500])
def test_an_impossible_cut_names_the_numbers_that_are_possible(size):
    with pytest.raises(UserError, match=f"Cannot hold out {size} of 100.*from 10 to 90"):
        cut(numbered(*[10] * 10), size, 0)


def test_the_splits_of_the_digits_are_those_of_the_published_figures():
    digits: Any = load_digits()
    number = np.arange(len(digits.target)).reshape(-1, 1, 1, 1)
    rest, test = cut(Split(number, digits.target), 300, 0, "digits", "test", leave=2)
    train, validation = cut(rest, 150, 0, "digits", "validation")
    digest = hashlib.blake2b(digest_size=8)
    for part in (train, validation, test):
        digest.update(part.images.astype("<i8").tobytes())
    assert digest.hexdigest() == "b0cc612adc109a5d"


@pytest.mark.parametrize("size", [1, 100, 2**24])
def test_a_part_is_read_block_by_block_or_as_a_whole(size, monkeypatch):
    monkeypatch.setattr(arrays, "BLOCK_BYTES", size)
    whole = np.random.default_rng(0).integers(0, 256, (50, 4, 3, 1), np.uint8)
    places = np.array([0, 3, 4, 30, 49])
    part = Part(whole, places, np.arange(5))
    blocks = [*part.blocks()]
    assert part.shape == (5, 4, 3, 1)
    assert len(blocks) == {1: 5, 100: 1, 2**24: 1}[size]
    assert np.array_equal(np.concatenate(blocks), whole[places])
    assert np.array_equal(part.read().images, whole[places])
