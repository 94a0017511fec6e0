"""Tables that are drawn as plots."""

import numpy as np
import pytest

from denoising.plots.figures import method_noise, picture_rows, verdicts
from denoising.plots.tables import confusion, histogram

NAMES = ["cat", "dog", "bird"]


def test_a_confusion_matrix_counts_and_shares_by_actual_class():
    labels = np.array([0, 0, 0, 1])
    logits = np.eye(3)[[0, 0, 1, 2]]
    table = confusion(logits, labels, NAMES).set_index(["actual", "predicted"])
    assert len(table) == 9
    assert table.images["cat", "cat"] == 2
    assert table.percent["cat", "dog"] == pytest.approx(100 / 3)
    assert table.percent["dog", "bird"] == 100
    assert not table.percent["bird"].any()


def test_a_histogram_has_shares_in_common_bins():
    table = histogram(
        {"noisy": np.array([0.1, 0.4, 0.6]), "denoised": np.array([1.0, 1.0])}, "psnr", 0.5
    )
    assert table.groupby("images").percent.sum().tolist() == pytest.approx([100, 100])
    noisy, denoised = (
        table[table.images == name].set_index("psnr").percent for name in ("noisy", "denoised")
    )
    assert noisy.index.tolist() == denoised.index.tolist() == [-0.25, 0.25, 0.75, 1.25]
    assert noisy[0.25] == pytest.approx(200 / 3)
    assert denoised[0.75] == 100  # the upper edge belongs to a bin


def test_verdicts_mark_wrong_classes():
    assert verdicts(np.eye(3)[[0, 2]], np.array([0, 1]), NAMES) == [("cat", True), ("bird", False)]


def test_method_noise_is_grey_where_nothing_was_removed(images):
    assert method_noise(images, images) == pytest.approx(np.full_like(images, 0.5))
    assert method_noise(images[:1] * 0 + 1, images[:1] * 0) == pytest.approx(images[:1] * 0 + 1)


def test_picture_rows_may_differ_in_length(images):
    figure = picture_rows({"a": images[:3], "b": images[:2]}, {"a": [("x", True)] * 3})
    assert len(figure.axes) == 6
    assert [axis.axison for axis in figure.axes] == [True] * 5 + [False]
