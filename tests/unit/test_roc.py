"""ROC curves and their summary, against values worked out by hand or by another way."""

import numpy as np
import pytest
from scipy.stats import norm

from denoising.evaluation import roc
from denoising.files.tables import read_json, write_json

LABELS = np.array([1, 1, 0, 1, 0, 0])
OUTPUTS = np.array([0.9, 0.8, 0.7, 0.6, 0.4, 0.2])


def drawn(number: int, shift: float, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(seed)
    labels = np.arange(number) % 2
    return labels, random.normal(size=number) + shift * labels


def test_a_small_curve_by_hand():
    curve = roc.roc_curve(LABELS, OUTPUTS)
    assert curve.true_positive_rate.tolist() == pytest.approx([0, 1 / 3, 2 / 3, 2 / 3, 1, 1, 1])
    assert curve.false_positive_rate.tolist() == pytest.approx([0, 0, 0, 1 / 3, 1 / 3, 2 / 3, 1])
    summary = roc.summary(LABELS, OUTPUTS)
    assert summary["auc"] == pytest.approx(8 / 9)
    assert summary["eer"] == pytest.approx(1 / 3)
    assert summary["tpr_at_1pct_fpr"] == pytest.approx(2 / 3)
    assert summary["youden_threshold"] == pytest.approx(0.8)
    assert (summary["positives"], summary["negatives"]) == (3, 3)
    assert summary["average_precision"] == pytest.approx((1 + 1 + 3 / 4) / 3)


@pytest.mark.parametrize("seed", range(20))
def test_youdens_threshold_gives_its_rates_after_rounding(seed, tmp_path):
    labels, outputs = drawn(2000, 1.0, seed)
    write_json(tmp_path / "roc.json", roc.summary(labels, outputs))
    summary = read_json(tmp_path / "roc.json")
    found = outputs >= summary["youden_threshold"]
    assert found[labels == 1].mean() == pytest.approx(summary["youden_tpr"])
    assert found[labels == 0].mean() == pytest.approx(summary["youden_fpr"])
    assert summary["youden_threshold"] == pytest.approx(0.5, abs=0.4)


def test_rates_of_two_normal_distributions():
    labels, outputs = drawn(40_000, 2.0)
    summary = roc.summary(labels, outputs)
    assert summary["auc"] == pytest.approx(0.9214, abs=0.004)  # Φ(2 / √2)
    assert summary["eer"] == pytest.approx(0.1587, abs=0.006)  # Φ(-1)
    assert summary["tpr_at_1pct_fpr"] == pytest.approx(0.3721, abs=0.03)  # Φ(2 - 2.326)


@pytest.mark.parametrize("outputs", [OUTPUTS * 0, -OUTPUTS, np.where(LABELS, 1.0, -1.0)])
def test_useless_reversed_and_perfect_detectors_have_finite_figures(outputs, tmp_path):
    summary = roc.summary(LABELS, outputs)
    write_json(tmp_path / "roc.json", summary)
    assert 0 <= summary["auc_low"] <= summary["auc"] <= summary["auc_high"] <= 1


SAMPLES = 400


@pytest.mark.long
@pytest.mark.parametrize("spread", [0.5, 1, 2])
@pytest.mark.parametrize("area", [0.6, 0.9, 0.97])
@pytest.mark.parametrize(("positives", "negatives"), [(5, 195), (10, 190), (20, 20), (100, 100)])
def test_the_interval_covers_the_truth_about_as_often_as_it_says(
    positives, negatives, area, spread
):
    assert coverage(positives, negatives, area, spread) >= 0.92


@pytest.mark.long
@pytest.mark.parametrize("spread", [0.5, 1])
@pytest.mark.parametrize("positives", [1, 2, 3])
def test_so_does_that_of_very_few_positives_that_spread_no_wider(positives, spread):
    for area in (0.6, 0.76, 0.9):
        assert coverage(positives, 200 - positives, area, spread) >= 0.92


def coverage(positives: int, negatives: int, area: float, spread: float) -> float:
    """Return how often the interval holds the AUC of two normal distributions.

    `spread` is the standard deviation of the positives; that of the negatives is 1.
    """
    random = np.random.default_rng(0)
    shift = norm.ppf(area) * np.sqrt(1 + spread**2)
    labels = np.repeat([1, 0], [positives, negatives])
    held = 0
    for _ in range(SAMPLES):
        outputs = random.normal(size=len(labels))
        outputs[:positives] = shift + spread * outputs[:positives]
        low, high = roc.auc_interval(labels, outputs)
        held += low <= area <= high
    return held / SAMPLES


def test_one_positive_has_a_wide_interval():
    """A bootstrap, which would draw the same positive each time, finds 0.06 to 0.14."""
    labels = np.arange(200) == 199
    outputs = np.r_[np.arange(199), 18.5]
    low, high = roc.auc_interval(labels, outputs)
    assert low < 0.03
    assert high > 0.5


def test_the_interval_is_as_wide_as_the_published_variances():
    """As Hanley and McNeil's formula has it, 0.132, for 100 and 100 images."""
    widths = [np.subtract(*roc.auc_interval(*drawn(200, 1.0, seed))) for seed in range(100)]
    assert -np.mean(widths) == pytest.approx(0.132, rel=0.05)


@pytest.mark.parametrize(("area", "other"), [(1.0, 0.0), (0.0, 1.0)])
def test_a_perfect_or_reversed_detector_has_an_interval_with_a_width(area, other):
    labels = np.repeat([0, 1], 20)
    low, high = roc.auc_interval(labels, np.where(labels == 1, area, other))
    assert area in (low, high)
    assert 0.1 < high - low < 0.3


def test_equal_outputs_have_a_symmetric_interval():
    low, high = roc.auc_interval(np.tile([0, 1], 200), np.zeros(400))
    assert low + high == pytest.approx(1)
    assert low < 0.46


def test_infinite_outputs_count_by_their_ranks():
    labels = np.array([0, 0, 0, 1, 1, 1, 1])
    finite = np.array([-9, 0, 1, -9, 2, 9, 9.0])
    infinite = np.where(finite == 9, np.inf, np.where(finite == -9, -np.inf, finite))
    for key, value in roc.summary(labels, finite).items():
        assert roc.summary(labels, infinite)[key] == value, key
    for curve in (roc.roc_curve, roc.precision_recall):
        assert np.array_equal(
            curve(labels, finite).iloc[:, 1:], curve(labels, infinite).iloc[:, 1:]
        )
    assert roc.roc_curve(labels, infinite).threshold.tolist() == [
        *(np.inf, np.inf, 2, 1, 0, -np.inf),
    ]


def test_an_infinite_threshold_of_youden_is_not_a_number():
    labels, outputs = np.array([0, 0, 1, 1]), np.array([1.0, 2.0, np.inf, np.inf])
    assert np.isnan(roc.summary(labels, outputs)["youden_threshold"])


def test_precision_and_recall_by_hand():
    curve = roc.precision_recall(LABELS, OUTPUTS)
    best = curve[curve.threshold == 0.6]
    assert best.recall.item() == 1
    assert best.precision.item() == pytest.approx(3 / 4)
    assert np.isfinite(curve.to_numpy()).all()
    assert curve.threshold.is_monotonic_decreasing
    assert curve.recall.is_monotonic_increasing


def test_a_thinned_curve_keeps_its_ends_and_its_area():
    curve = roc.roc_curve(*drawn(20_000, 1.0))
    thin = roc.thinned(curve, 100)
    assert 50 < len(thin) <= 102
    assert thin.iloc[0].equals(curve.iloc[0])
    assert thin.iloc[-1].equals(curve.iloc[-1])
    areas = [np.trapezoid(one.true_positive_rate, one.false_positive_rate) for one in (curve, thin)]
    assert areas[0] == pytest.approx(areas[1], abs=0.002)


def test_one_curve_for_each_class_against_the_others():
    labels = np.array([0, 1, 0, 1, 1])
    logits = np.stack([labels == 0, labels == 1, labels > 1], axis=1) * 5.0
    curves = roc.one_vs_rest(logits, labels, ["cat", "dog", "bird"])
    assert list(dict.fromkeys(curves["class"])) == [roc.MACRO, "cat", "dog"]  # there is no bird
    for _, curve in curves.groupby("class"):
        steps = curve.sort_values(["false_positive_rate", "true_positive_rate"])
        assert steps.true_positive_rate.tolist() == curve.true_positive_rate.tolist()
        assert np.trapezoid(curve.true_positive_rate, curve.false_positive_rate) == 1


def test_the_macro_average_is_the_mean_of_the_curves():
    step = roc.roc_curve(np.array([0, 1]), np.array([0.0, 1.0]))  # perfect
    chance = roc.roc_curve(np.array([0, 1]), np.array([0.0, 0.0]))  # the diagonal
    average = roc.macro_average([step, chance])
    assert average.to_numpy().tolist() == [[0, 0], [0, 0.5], [1, 1]]


def test_one_class_alone_has_no_curve():
    curves = roc.one_vs_rest(np.eye(2), np.array([0, 0]), ["cat", "dog"])
    assert curves.empty
    assert "true_positive_rate" in curves


def test_curves_that_are_thinned_before_they_are_averaged_look_the_same(monkeypatch):
    labels = np.arange(5000) % 3
    logits = np.random.default_rng(0).normal(size=(5000, 3)) + 2 * np.eye(3)[labels]
    names = ["cat", "dog", "bird"]
    exact = roc.one_vs_rest(logits, labels, names)
    monkeypatch.setattr(roc, "LONGEST", 80)
    thinned = roc.one_vs_rest(logits, labels, names)
    rates = np.linspace(0, 1, 101)
    for name in (roc.MACRO, *names):
        both = [table[table["class"] == name] for table in (exact, thinned)]
        assert len(both[0]) > 82
        assert name == roc.MACRO or len(both[1]) <= 82
        drawn = [
            np.interp(rates, curve.false_positive_rate, curve.true_positive_rate) for curve in both
        ]
        assert 0 < np.abs(drawn[0] - drawn[1]).max() < 0.02
