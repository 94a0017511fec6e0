"""The words of the report, which follow from the numbers."""

import pytest

from denoising.evaluation.arms import ARMS, FILTER_ARMS
from denoising.noise import kinds
from denoising.noise.models import KINDS
from denoising.report import numbers, words
from denoising.report.colours import DARK, LIGHT, contrast, legible
from tests.support.dag import ROOT
from tests.support.made_up_tables import interval, paired, sweep_table

LEVELS = [0.0, 0.1, 0.2, 0.4]


@pytest.mark.parametrize(
    ("noisy", "short", "said"),
    [
        ((0.5, 0.45, 0.55), "It loses 40.0 points.", "5 times as many mistakes"),
        ((0.85, 0.84, 0.86), "It loses 5.0 points.", "50% more mistakes"),
        ((0.88, 0.85, 0.91), "No clear loss.", "may be chance"),
        ((0.96, 0.95, 0.97), "It does not: it gains 6.0 points.", "no harm"),
    ],
)
def test_the_answer_states_how_badly_the_classifier_suffers(noisy, short, said):
    arm = interval("accuracy_clean", 0.9, 0.88, 0.92) | paired(*noisy)
    answer = words.suffering({"clean_trained": arm, "noise_trained": arm}, "noise")
    assert answer.short == short
    assert said in answer.sentences[0]


def test_a_classifier_that_made_no_mistake_suffers_without_a_division_by_zero():
    arm = interval("accuracy_clean", 1.0, 1.0, 1.0) | paired(0.5, 0.4, 0.6)
    answer = words.suffering({"clean_trained": arm, "noise_trained": arm}, "noise")
    assert "made no mistakes on the clean images, and now gets 50.0% wrong" in answer.sentences[0]


@pytest.mark.parametrize(
    ("gain", "psnr_gain", "short", "nearer"),
    [
        ((0.2, 0.1, 0.3), (5, 4, 6), "20.0 points, 50% of the loss.", "are closer"),
        ((0.4, 0.3, 0.5), (5, 4, 6), "40.0 points, the whole loss.", "are closer"),
        ((0.1, -0.1, 0.3), (0, -1, 1), "No clear gain.", "not clearly closer"),
        ((-0.2, -0.3, -0.1), (-5, -6, -4), "Nothing: it costs another 20.0 points.", "farther"),
    ],
)
def test_the_answer_states_how_much_denoising_gives_back(gain, psnr_gain, short, nearer):
    clean_trained = interval("accuracy_clean", 0.9, 0.88, 0.92) | paired(0.5, 0.45, 0.55)
    denoised = interval("psnr_gain", *psnr_gain) | {"psnr": 20.0, "psnr_noisy": 15.0}
    denoised |= {"denoised_clean_trained": paired(0.7, 0.6, 0.8)}
    denoised |= {"denoised_minus_clean_trained": paired(*gain)}
    answer = words.given_back(denoised, {"clean_trained": clean_trained})
    assert answer.short == short
    assert nearer in answer.sentences[1]
    assert ("does harm" in answer.sentences[0]) == (gain[2] < 0)


def test_no_share_is_given_of_a_loss_that_is_not_shown():
    clean_trained = interval("accuracy_clean", 0.9, 0.85, 0.95) | paired(0.88, 0.84, 0.92)
    denoised = interval("psnr_gain", 5, 4, 6) | {"psnr": 20.0, "psnr_noisy": 15.0}
    denoised |= {"denoised_clean_trained": paired(0.95, 0.9, 0.99)}
    denoised |= {"denoised_minus_clean_trained": paired(0.07, 0.05, 0.09)}
    assert words.given_back(denoised, {"clean_trained": clean_trained}).short == "7.0 points."


@pytest.mark.parametrize(
    ("gain", "short"),
    [
        ((0.02, 0.01, 0.03), "Yes, by 2.0 points."),
        ((0.0, -0.01, 0.01), "No clear difference."),
        ((-0.01, -0.02, 0.0), "No clear difference."),
        ((-0.02, -0.03, -0.01), "No, it is 2.0 points worse."),
    ],
)
def test_the_answer_states_whether_the_joint_network_does_better(gain, short):
    joint = {"joint": paired(0.9, 0.8, 1.0), "joint_minus_noise_trained": paired(*gain)}
    joint |= interval("psnr", 20, 19, 21)
    rest = {"noise_trained": paired(0.9, 0.8, 1.0)}, interval("psnr", 23, 22, 24)
    answer = words.joint_better(joint, *rest, 0.05)
    assert answer.short == short
    assert ("may be chance" in answer.sentences[0]) == (gain[1] <= 0 <= gain[2])
    assert "less well than the autoencoder" in answer.sentences[1]
    assert "did not learn to restore" in words.joint_better(joint, *rest, 1.0).sentences[1]
    assert "did not learn to classify" in words.joint_better(joint, *rest, 0.0).sentences[1]


@pytest.mark.parametrize(
    ("level", "low", "high", "found", "short", "sure"),
    [
        (0.05714, 0.0546, 0.0598, 1, "From level 0.057", "95% interval 0.055 to 0.06"),
        (0.2, 0.1, 0.4, 1, "From level 0.2", "may never pay off"),
        (0.0, 0.0, 0.05, 1, "As soon as there is noise", "95% interval 0 to 0.05"),
        (0.0, 0.0, 0.0, 0, "Even without noise", "no break-even was found"),
        (0.0, 0.0, 0.1, 0, "Even without noise", "95% interval 0 to 0.1"),
        (0.4, 0.4, 0.4, 0, "At none of the measured levels", "no break-even was found"),
        (0.4, 0.2, 0.4, 0, "At none of the measured levels", "one from 0.2 up"),
    ],
)
def test_the_answer_names_the_break_even_level(level, low, high, found, short, sure):
    metrics = interval("break_even_level", level, low, high) | {"break_even_found": found}
    said = words.pays_from(metrics, LEVELS)
    assert said[0] == short
    assert sure in said[1]


def test_a_sweep_without_level_0_states_the_end_of_its_interval():
    metrics = interval("break_even_level", 0.15, 0.1, 0.2) | {"break_even_found": 1}
    assert "lowest measured level" in words.pays_from(metrics, LEVELS[1:])[1]
    assert "lowest measured level" not in words.pays_from(metrics, LEVELS)[1]
    metrics = interval("break_even_level", 0.1, 0.1, 0.1) | {"break_even_found": 0}
    said = words.pays_from(metrics, LEVELS[1:])
    assert said == ("From the lowest measured level, 0.1", "it may pay off below that, too")


def gaining(gains: list[float]) -> words.Answer:
    table = sweep_table(LEVELS, ["gaussian"])
    arm = table["arm"] == "denoised_clean_trained"
    before = table.loc[table["arm"] == "clean_trained", "accuracy"].to_numpy()
    table.loc[arm, "accuracy"] = before + gains
    found = interval("break_even_level", 0.1, 0.1, 0.1) | {"break_even_found": 1}
    return words.break_even(found, table, "gaussian", LEVELS)


def test_the_answer_names_the_levels_of_the_largest_and_of_no_gain():
    said = " ".join(gaining([-0.1, 0.2, 0.1, -0.3]).sentences)
    assert "largest at level 0.1: +20.0 points. Beyond that, there is no gain at level 0.4" in said
    assert "Beyond" not in " ".join(gaining([-0.1, 0.2, 0.1, 0.1]).sentences)
    assert "largest" not in " ".join(gaining([-0.1, 0.0, -0.1, -0.3]).sentences)
    assert "1.0% of the predictions from right to wrong" in said


@pytest.mark.parametrize(
    ("number", "text"), [(0.04, "0.0"), (-0.04, "0.0"), (-1.26, "−1.3"), (1.26, "+1.3")]
)
def test_signed_numbers_have_a_sign_unless_they_round_to_0(number, text):
    assert numbers.signed(number) == text


@pytest.mark.parametrize(("chance", "text"), [(1, "100%"), (0.9999, ">99%"), (0.994, "99%")])
def test_only_certainty_is_100_percent(chance, text):
    assert numbers.confidence_text(chance) == text


def test_every_kind_of_noise_has_a_name():
    assert set(kinds.KINDS) == set(KINDS)


@pytest.mark.parametrize("name", ["page.css", "page.html", "page.js"])
def test_the_fingerprint_of_the_report_covers_the_files_of_the_page(name):
    assert f"  denoising/report/{name}\n" in (ROOT / "fingerprints/report.txt").read_text()


@pytest.mark.parametrize("background", [LIGHT, DARK])
@pytest.mark.parametrize("arm", [*ARMS.values(), *FILTER_ARMS.values()])
def test_every_arm_stands_out_from_the_page(arm, background):
    colour = legible(arm.colour, background)
    assert contrast(colour, background) >= 3
    assert colour == arm.colour or contrast(arm.colour, background) < 3
