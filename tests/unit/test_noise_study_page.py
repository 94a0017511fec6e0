"""The page on when denoising pays off: its numbers and statements match the kept tables."""

import re
import shutil
from math import nan

import pandas as pd
import pytest

from denoising.evaluation.arms import ALL_ARMS
from denoising.files.errors import UserError
from denoising.files.tables import write_csv
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
    assert accuracy(0, DENOISED, "_high") < accuracy(0, "clean_trained", "_low")
    for arm in ("noise_trained", "denoised_trained", "joint"):
        assert abs(accuracy(0.2, arm) - accuracy(0.2, DENOISED)) < 0.02
    for arm in ("noise_trained", "joint"):
        assert accuracy(0.4, arm, "_low") > accuracy(0.4, DENOISED, "_high")
    salt = [sweep("salt_and_pepper", 0.5, arm, "accuracy") for arm in (DENOISED, "clean_trained")]
    assert salt[0] <= salt[1]


def test_the_statements_about_filters_hold():
    def gain(arm: str) -> float:
        return accuracy(0.2, arm) - accuracy(0.2, "clean_trained")

    for other in ("tv", "nlm"):
        assert sweep("gaussian", 0.2, "median", "psnr") < sweep("gaussian", 0.2, other, "psnr")
    for other in ("tv", "wavelet"):
        assert accuracy(0.2, "median", "_low") > accuracy(0.2, other, "_high")
    assert accuracy(0.2, "median", "_low") < accuracy(0.2, "nlm") < accuracy(0.2, "median", "_high")
    assert sweep("gaussian", 0.2, "tv", "psnr") > sweep("gaussian", 0.2, "clean_trained", "psnr")
    assert gain("tv") < gain("median") / 2
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


@pytest.fixture
def ranges(tmp_path, monkeypatch):
    """Keep made-up measures of arms trained on a range; return them."""
    kept = noise_study.LEVELS
    for name in ("levels.csv", "estimates.csv", "metrics.json", "dvc.lock"):
        shutil.copyfile(kept / name, tmp_path / name)
    accuracies = {"noise_trained": (0.6, 0.8), "joint": (0.7, 0.75), "clean_trained": (0.5, None)}
    arms, differences = [], []
    for level in (0.0, 0.2, 0.4):
        for arm, found in accuracies.items():
            for trained_on, value in zip(("level", "range"), found, strict=True):
                if value is not None:
                    row = {"level": level, "trained_on": trained_on, "arm": arm}
                    arms.append(row | {"accuracy": value - level / 10})
            differences.append({"level": level, "arm": arm, "value": -0.01})
            differences[-1] |= {"low": -0.02, "high": 0.005}
    table = pd.DataFrame(arms)
    table.to_csv(tmp_path / "arms.csv", index=False)
    pd.DataFrame(differences).to_csv(tmp_path / "arm_differences.csv", index=False)
    monkeypatch.setattr(noise_study, "LEVELS", tmp_path)
    return table


def test_the_page_tells_what_to_take_if_the_level_varies(ranges):
    page = noise_study.rendered(TEMPLATE)
    section = page.partition("## What if the noise level varies?")[2].partition("\n## ")[0]
    assert "| level | noise-trained | joint network |\n|---|---|---|\n" in section
    assert "| 0.4 | 56.0% / 76.0% | 66.0% / 71.0% |" in section
    assert "| average | 58.0% / 78.0% | 68.0% / 73.0% |" in section
    assert "varies or is unknown, take *noise-trained*, trained on the range" in section
    assert "level 0.2, take *joint network*, trained at that level**: 68.0%" in section
    assert "*noise-trained* -1.0 (-2.0 to +0.5),\n*joint network* -1.0" in section
    assert "(#what-if-the-noise-level-varies)" in page


def test_without_arms_trained_on_a_range_the_page_has_no_section_on_them(ranges):
    (noise_study.LEVELS / "arms.csv").unlink()
    page = noise_study.rendered(TEMPLATE)
    assert "level varies" not in page
    assert "(#what-if-the-noise-level-is-unknown)" in page


def test_the_figure_of_ranges_has_two_lines_for_each_arm_that_was_trained_twice(ranges):
    (axis,) = _noise_figures.ranges(ranges).axes
    labels = [line.get_label() for line in axis.lines]
    assert labels == [
        *("noise-trained, trained on a range", "joint network, trained on a range"),
        *("clean-trained", "noise-trained, trained on a level"),
        "joint network, trained on a level",
    ]


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
        ((0.05, nan, nan, 1), "about 0.05, not resolved"),
        ((nan, nan, nan, 0), "none of these levels"),
    ],
)
def test_a_crossing_has_an_interval_where_it_is_resolved(row, text):
    assert noise_study.crossing_text(*row) == text


@pytest.fixture
def gains():
    """Return made-up gains of every kind of noise, with intervals."""
    rows = [(kind, level, level - 0.1) for kind in KINDS for level in (0.0, 0.1, 0.2)]
    table = pd.DataFrame(rows, columns=["kind", "level", "value"])
    return table.assign(low=table["value"] - 0.01, high=table["value"] + 0.01)


def test_a_kind_without_a_resolved_crossing_is_drawn_without_a_band(gains):
    crossings = {kind: {"value": 0.1, "low": 0.09, "high": 0.11, "found": 1} for kind in KINDS}
    crossings["speckle"] |= {"low": nan, "high": nan}
    crossings["poisson"] = {"value": nan, "low": nan, "high": nan, "found": 0}
    axes = _noise_figures.gain(gains, crossings).axes
    assert len(axes) == len(KINDS)
    drawn = {
        kind: (len(axis.lines), len(axis.patches)) for kind, axis in zip(KINDS, axes, strict=True)
    }
    assert (drawn["gaussian"], drawn["speckle"], drawn["poisson"]) == ((3, 1), (3, 0), (2, 0))


def test_the_break_even_of_three_trainings_has_its_ends(tmp_path, monkeypatch):
    runs = [tmp_path / str(seed) for seed in range(3)]
    for place, run in enumerate(runs):
        crossing = {"kind": "gaussian", "value": 0.05 + 0.01 * place, "found": 1}
        write_csv(run / "plots/break_even.csv", pd.DataFrame([crossing]))
    monkeypatch.setattr(noise_study, "SEEDS", runs)
    assert noise_study.break_even_seeds("gaussian") == "0.050 to 0.070"
    monkeypatch.setattr(noise_study, "SEEDS", [*runs, tmp_path / "none"])
    assert noise_study.break_even_seeds("gaussian") == ""


def test_figures_have_a_line_for_each_arm_and_each_denoiser():
    found = noise_study.table(noise_study.FASHION / "plots/sweep.csv")
    (axis,) = _noise_figures.accuracy(found).axes
    assert len(axis.lines) == len(ALL_ARMS)
    kept = noise_study.table(noise_study.LEVELS / "levels.csv")
    (axis,) = _noise_figures.blind(kept).axes
    assert {line.get_label() for line in axis.lines} == set(kept.denoiser) - {"noisy"}
