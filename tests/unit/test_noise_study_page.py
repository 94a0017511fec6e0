"""The page on when denoising pays off: its numbers and statements match the kept tables."""

import re
from math import nan

import pytest

from denoising.evaluation.arms import ALL_ARMS
from denoising.files.errors import UserError
from tools import _noise_figures, noise_study
from tools.noise_study import blind_lead, break_even, estimate_error, levels, reference, sweep

TEMPLATE = noise_study.TEMPLATE.read_text("utf-8")
# Numbers that the data and the parameters fix.
FIXED = {"0", "0.1", "0.2", "0.3", "0.4", "0.5", "0.55", "0.6", "1", "28×28", "95"}
KINDS = noise_study.swept_kinds()
DENOISED = "denoised_clean_trained"


def test_the_page_is_up_to_date_with_the_kept_tables():
    """If it fails, run `python -m tools.noise_study`."""
    assert noise_study.PAGE.read_text("utf-8") == noise_study.rendered(TEMPLATE)


def test_every_number_of_the_page_is_read_from_a_table():
    code = r"\{\{.+?\}\}|\{%.+?%\}|\]\(.+?\)|`.+?`"
    words = re.sub(code, "", TEMPLATE, flags=re.DOTALL)
    assert set(re.findall(r"\d(?:[\d.,×]*\d)?", words)) <= FIXED


def accuracy(level: float, arm: str, end: str = "") -> float:
    return sweep("gaussian", level, arm, f"accuracy{end}")


def test_the_statements_about_denoising_hold():
    """In the order of the page; if one fails, the page needs other words."""
    assert all(break_even(kind)["found"] for kind in KINDS)
    assert accuracy(0.05, DENOISED, "_high") < accuracy(0.05, "clean_trained", "_low")
    for arm in ("noise_trained", "denoised_trained", "joint"):
        assert abs(accuracy(0.2, arm) - accuracy(0.2, DENOISED)) < 0.01
    for arm in ("noise_trained", "joint"):
        assert accuracy(0.4, arm, "_low") > accuracy(0.4, DENOISED, "_high")
    salt = [sweep("salt_and_pepper", 0.5, arm, "accuracy") for arm in (DENOISED, "clean_trained")]
    assert salt[0] <= salt[1]


def test_the_statements_about_filters_hold():
    for other in ("tv", "nlm"):
        assert sweep("gaussian", 0.2, "median", "psnr") < sweep("gaussian", 0.2, other, "psnr")
    for other in ("tv", "nlm", "wavelet"):
        assert accuracy(0.2, "median", "_low") > accuracy(0.2, other, "_high")
    harm, help_ = (sweep("gaussian", 0.2, "tv", f"{key}_rate") for key in ("harm", "help"))
    assert sweep("gaussian", 0.2, "tv", "psnr") > sweep("gaussian", 0.2, "clean_trained", "psnr")
    assert help_ - harm < 0.05
    assert accuracy(0.6, "median", "_low") > accuracy(0.6, "joint", "_high")


def test_the_statements_about_calibration_hold():
    def change(level: float, arm: str) -> float:
        return sweep("gaussian", level, arm, "ece_calibrated") - sweep(
            "gaussian", level, arm, "ece"
        )

    assert change(0.2, "clean_trained") < -0.05
    assert abs(change(0.2, DENOISED)) < 0.005
    assert change(0.1, "clean_trained") > 0
    assert change(0.5, DENOISED) > 0


def test_the_statements_about_unknown_levels_hold():
    for level in (0.1, 0.2, 0.3, 0.4, 0.5):
        assert blind_lead(level) > -0.25
        assert levels(level, "half the level", "psnr") < levels(level, "blind", "psnr")
        assert levels(level, "twice the level", "psnr") < levels(level, "blind", "psnr")
    for level in (0.1, 0.5):
        assert blind_lead(level, "specialist_psnr_high") < 0
    assert levels(0, "blind", "psnr") > 32
    ours, wavelets = "residual of the blind denoiser", "wavelets (estimate_sigma)"
    for clipped in (True, False):
        errors = [estimate_error(0.2, name, clipped=clipped) for name in (ours, wavelets)]
        assert errors[0] < errors[1]


def test_the_statements_about_the_posterior_mean_hold():
    scores = {
        level: [reference(level, name, "psnr") for name in ("autoencoder", "posterior_mean")]
        for level in (0.2, 0.6)
    }
    assert scores[0.2][0] > scores[0.2][1]
    assert scores[0.6][0] < scores[0.6][1]


@pytest.mark.parametrize(
    ("call", "fault"),
    [
        ('sweep("gaussian", 0.15, "joint", "accuracy")', "has 0 rows"),
        ('sweep("gaussian", 0.2, "joint", "recall")', "and the column recall"),
        ('swep("gaussian", 0.2, "joint", "accuracy")', "'swep' is undefined"),
    ],
)
def test_a_reference_to_no_number_is_refused(call, fault):
    with pytest.raises(UserError, match=fault):
        noise_study.rendered(f"It is {{{{ {call} | percent }}}}.")


@pytest.mark.parametrize(
    ("row", "text"),
    [
        ((0.0571, 0.0545, 0.0598, 1), "0.057 (0.054 to 0.060)"),
        ((0.05, nan, nan, 1), "about 0.05"),
        ((nan, nan, nan, 0), "none of these levels"),
    ],
)
def test_a_crossing_has_an_interval_where_it_is_resolved(row, text):
    assert noise_study.crossing_text(*row) == text


def test_a_kind_without_a_resolved_crossing_is_drawn_without_a_band():
    found = noise_study.table(noise_study.FASHION / "plots/sweep.csv")
    crossings = {kind: break_even(kind) for kind in KINDS}
    crossings["speckle"] |= {"low": nan, "high": nan}
    crossings["poisson"] = {"value": nan, "low": nan, "high": nan, "found": 0}
    axes = _noise_figures.gain(found, crossings).axes
    drawn = {
        kind: (len(axis.lines), len(axis.patches)) for kind, axis in zip(KINDS, axes, strict=True)
    }
    assert (drawn["gaussian"], drawn["speckle"], drawn["poisson"]) == ((3, 1), (3, 0), (2, 0))


def test_figures_have_a_line_for_each_arm_and_each_denoiser():
    found = noise_study.table(noise_study.FASHION / "plots/sweep.csv")
    (axis,) = _noise_figures.accuracy(found).axes
    assert len(axis.lines) == len(ALL_ARMS)
    figure = _noise_figures.gain(found, {kind: break_even(kind) for kind in KINDS})
    assert len(figure.axes) == len(KINDS)
    kept = noise_study.table(noise_study.LEVELS / "levels.csv")
    (axis,) = _noise_figures.blind(kept).axes
    assert {line.get_label() for line in axis.lines} == set(kept.denoiser) - {"noisy"}
