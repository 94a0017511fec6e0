"""The page that answers when denoising pays: its numbers are those of the kept tables."""

import re

import pandas as pd
import pytest

from tools import facts
from tools import study_page as study

# Numbers that the data and the parameters fix.
FIXED = {"0", "0.1", "0.2", "0.3", "0.4", "0.5", "0.55", "0.6", "1", "95"}
FIXED |= {"28×28", "1,000", "2,000", "10,000", "55,000"}


def test_the_numbers_of_the_page_are_those_of_the_kept_tables():
    """Where this fails, run `python -m results.study`: a table has moved on."""
    assert study.PAGE.read_text() == facts.fill(study.WORDS.read_text())


def test_every_number_of_the_page_is_read_from_a_table():
    words = re.sub(r"\{\{.+?\}\}|\]\(.+?\)|`.+?`", "", study.WORDS.read_text(), flags=re.DOTALL)
    assert set(re.findall(r"\d(?:[\d.,×]*\d)?", words)) <= FIXED


def of(text: str) -> float:
    """Return a number that the page could name."""
    return facts.Fact.parse(f"{text} | g").value()


def accuracy(level: str, arm: str, end: str = "") -> float:
    return of(f"sweep, gaussian, {level}, {arm}, accuracy{end}")


def test_what_the_page_says_of_arms_holds():
    """The words of `results/study.md`, in their order; where one fails, they have to change."""
    assert of("sweep.json, break_even_found") == 1
    for kind in ("speckle", "poisson", "salt_and_pepper"):
        assert of(f"sweep.json, other_kinds, {kind}, break_even_found") == 1
    denoised = "denoised_clean_trained"
    assert accuracy("0.05", denoised, "_high") < accuracy("0.05", "clean_trained", "_low")
    for arm in ("noise_trained", "denoised_trained", "joint"):
        assert abs(accuracy("0.2", arm) - accuracy("0.2", denoised)) < 0.01
        if arm != "denoised_trained":
            assert accuracy("0.4", arm, "_low") > accuracy("0.4", denoised, "_high")
    for other in ("tv", "nlm"):
        median, better = (of(f"sweep, gaussian, 0.2, {arm}, psnr") for arm in ("median", other))
        assert median < better
    for other in ("tv", "nlm", "wavelet"):
        assert accuracy("0.2", "median", "_low") > accuracy("0.2", other, "_high")
    assert accuracy("0.6", "median", "_low") > accuracy("0.6", "joint", "_high")
    salt = "sweep, salt_and_pepper, 0.5"
    assert of(f"{salt}, {denoised}, accuracy") <= of(f"{salt}, clean_trained, accuracy")
    for level, arm in (("0.1", "clean_trained"), ("0.5", denoised)):
        row = f"sweep, gaussian, {level}, {arm}"
        assert of(f"{row}, ece_calibrated") > of(f"{row}, ece")
    autoencoder, known = (f"{name}, psnr" for name in ("autoencoder", "posterior_mean"))
    assert of(f"reference, 0.2, {autoencoder}") > of(f"reference, 0.2, {known}")
    assert of(f"reference, 0.6, {autoencoder}") < of(f"reference, 0.6, {known}")


def test_what_the_page_says_of_levels_holds():
    for level in ("0.1", "0.2", "0.3", "0.4", "0.5"):
        assert of(f"levels.json, {level}, blind_minus_specialist") > -0.25
        assert of(f"levels, {level}, told half, psnr") < of(f"levels, {level}, blind, psnr")
    for level in ("0.1", "0.5"):
        assert of(f"levels.json, {level}, blind_minus_specialist_psnr_high") < 0
    assert of("levels.json, identity_psnr") > 32
    ours, wavelets = "residual of the blind denoiser", "wavelets (estimate_sigma)"
    row = "estimates, 0.2, True"
    assert of(f"{row}, {ours}, mean_absolute_error") < of(f"{row}, {wavelets}, mean_absolute_error")


def test_a_number_comes_with_its_row(tmp_path, monkeypatch):
    table = pd.DataFrame(
        {"kind": ["a", "a"], "level": [0.0, 0.2], "arm": "x", "accuracy": [1, 0.9]}
    )
    table.to_csv(tmp_path / "t.csv", index=False)
    monkeypatch.setitem(facts.SOURCES, "t", facts.Source("t.csv", ("kind", "level", "arm")))
    monkeypatch.setattr(facts, "HERE", tmp_path)
    page = facts.fill(
        "It is {{t, a, 0.2, x, accuracy | .1%}}, not {{t, a, 0, x, accuracy | g}}.{{^}}"
    )
    assert page.startswith("It is 90.0%, not 1.[^1]\n")
    assert "[^1]: [t.csv](t.csv): row `a 0.2 x`, `accuracy`; row `a 0 x`, `accuracy`" in page
    for place in ("b, 0.2, x, accuracy", "a, 0.2, x, recall", "a, 0.2, accuracy"):
        with pytest.raises(KeyError, match=r"Expected one row .* of t.csv"):
            facts.fill(f"{{{{t, {place} | g}}}}{{{{^}}}}")
    with pytest.raises(ValueError, match="behind the sentence"):
        facts.fill("{{t, a, 0.2, x, accuracy | g}} is not said where.")


def test_a_number_of_a_json_file_comes_with_its_key(tmp_path, monkeypatch):
    (tmp_path / "m.json").write_text('{"area": {"joint": 0.5}}')
    monkeypatch.setitem(facts.SOURCES, "m", facts.Source("m.json"))
    monkeypatch.setattr(facts, "HERE", tmp_path)
    page = facts.fill("Half: {{m, area, joint | .0%}}.{{^}}")
    assert page == "Half: 50%.[^1]\n\n[^1]: [m.json](m.json): `area.joint`\n"
    with pytest.raises(KeyError, match="no blind"):
        facts.fill("{{m, area, blind | g}}{{^}}")


@pytest.mark.parametrize(
    "text", ["{{sweep | g}}", "{{nothing, a | g}}", "{{levels, 0.1, blind, psnr}}"]
)
def test_what_names_no_number_is_refused(text):
    with pytest.raises(ValueError, match="source among"):
        facts.fill(text + "{{^}}")


def test_a_note_without_a_number_is_refused():
    with pytest.raises(ValueError, match="Expected a number"):
        facts.fill("Nothing is said.{{^}}")


def test_the_figures_have_a_line_for_each_arm_and_each_denoiser():
    figures = study.draw_all()
    (accuracy,) = figures["study_accuracy"].axes
    assert len(accuracy.lines) == len(study.ARMS)
    assert len(figures["study_gains"].axes) == len(study.KINDS)
    (levels,) = figures["study_levels"].axes
    assert {line.get_label() for line in levels.lines} == set(study.DENOISER_STYLES)
