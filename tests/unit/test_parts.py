"""Random parts of a set."""

import numpy as np
import pytest

from denoising.evaluation.parts import random_part
from stages._images import Images
from stages._measured import part_of


def test_a_part_is_drawn_from_the_whole_set_without_repetition():
    part = random_part(1000, 100, 0)
    assert [*part] == sorted({*part})
    assert len(part) == 100
    assert 350 < part.mean() < 650  # not the first ones
    assert [*random_part(1000, 100, 0)] == [*part]
    assert [*random_part(1000, 100, 1)] != [*part]


def test_a_smaller_part_lies_within_a_larger_one():
    assert {*random_part(1000, 50, 0)} < {*random_part(1000, 100, 0)}
    assert [*random_part(10, 100, 0)] == [*range(10)]


@pytest.mark.parametrize(("most", "fraction", "size"), [(8, 1, 8), (30, 0.5, 10), (5, 0.01, 1)])
def test_a_part_has_at_most_a_number_and_a_fraction_of_the_images(most, fraction, size):
    stored = Images(np.zeros((20, 2, 2, 1), np.uint8), np.zeros(20, int), 2)
    assert len(part_of(stored, "test", 0, most, fraction)) == size
