"""Targets from labels and from a teacher's probabilities."""

import numpy as np
import pytest
from scipy.special import softmax

from denoising.training.distillation import distilled

LOGITS = np.array([[2.0, 0.0, -1.0], [0.0, 0.0, 0.0]], np.float32)
LABELS = np.array([1, 2])


def test_without_weight_the_targets_are_the_labels():
    assert np.array_equal(distilled(LOGITS, LABELS, 0), np.eye(3, dtype=np.float32)[LABELS])


def test_with_all_weight_the_targets_are_the_teachers_probabilities():
    assert distilled(LOGITS, LABELS, 1) == pytest.approx(softmax(LOGITS, axis=1))


def test_between_them_they_are_the_mixture():
    found = distilled(LOGITS, LABELS, 0.25)
    assert found.dtype == np.float32
    assert found.sum(axis=1) == pytest.approx(1)
    assert found[1] == pytest.approx([0.25 / 3, 0.25 / 3, 0.75 + 0.25 / 3])
