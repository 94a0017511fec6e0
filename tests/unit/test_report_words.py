"""The words of the report, which follow from the numbers."""

import numpy as np
import pytest

from denoising.config.params import read_params
from denoising.evaluation.arms import ARM_LABELS, NETWORKS
from denoising.evaluation.intervals import Estimate
from denoising.evaluation.roc import roc_curve
from denoising.noise import kinds
from denoising.noise.models import KINDS
from denoising.plots.colours import ARM_COLOURS, CURVES, DARK, LIGHT, STATES
from denoising.report import charts, colours, facts, numbers, pays_off, tables, words
from tests.support import made_up_tables
from tests.support.dag import ROOT
from tests.support.made_up_tables import sweep_table

LEVELS = [0.0, 0.1, 0.2, 0.4]
GAINS = {0.0: 0.0, 0.1: 0.1, 0.2: 0.2}


def measured(**changed: Estimate) -> dict[str, dict[str, Estimate]]:
    """Return the measures of all arms, with other measures of the clean-trained classifier."""
    found = made_up_tables.arms()
    return found | {"clean_trained": found["clean_trained"] | changed}


@pytest.mark.parametrize(
    ("form", "name"),
    [
        ("branches", "encoder and decoder of the autoencoder"),
        ("cascade", "autoencoder, then classifier"),
    ],
)
def test_the_joint_network_is_described_by_its_form(form, name):
    params, counts = read_params(), dict.fromkeys(NETWORKS, 1)
    joint = params.joint.model_copy(update={"form": form})
    rows = facts.network_facts(params.classifier, params.autoencoder, joint, counts, counts)
    settings = {row[0]: row[1] for row in rows}[NETWORKS["joint"]]
    assert settings.startswith(f"{name}, form {form}, ")


def test_the_levels_of_the_training_are_those_of_networks_for_noisy_images():
    params = read_params()
    training = params.training.model_copy(update={"noise_range": [0.0, 0.6]})
    for section, levels in ((params.training, "level 0.2"), (training, "levels 0 to 0.6, blind")):
        rows = dict(facts.noise_facts(params.noise, section))
        assert rows["Networks for noisy images trained at"] == levels


@pytest.mark.parametrize(
    ("noisy", "short", "said"),
    [
        (Estimate(0.5, 0.45, 0.55), "It loses 40.0 points.", "5 times as many mistakes"),
        (Estimate(0.85, 0.84, 0.86), "It loses 5.0 points.", "50% more mistakes"),
        (Estimate(0.88, 0.85, 0.91), "No clear loss.", "may be chance"),
        (Estimate(0.96, 0.95, 0.97), "It does not: it gains 6.0 points.", "no harm"),
    ],
)
def test_the_answer_states_how_badly_the_classifier_suffers(noisy, short, said):
    arms = measured(accuracy=noisy, accuracy_clean=Estimate(0.9, 0.88, 0.92))
    answer = words.suffering(arms, "noise", 10_000)
    assert answer.short == short
    assert said in answer.sentences[0]


@pytest.mark.parametrize(("before", "said"), [(1, "1"), (0, "none"), (19, "19")])
def test_few_mistakes_are_counted(before, said):
    arms = measured(accuracy_clean=made_up_tables.of(300 - before), accuracy=made_up_tables.of(200))
    answer = words.suffering(arms, "noise", 300)
    assert f"It gets 100 of 300 wrong instead of {said}." in answer.sentences[0]
    assert "times" not in answer.sentences[0]


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
    arms = measured(accuracy=Estimate(0.5, 0.45, 0.55), accuracy_clean=Estimate(0.9, 0.88, 0.92))
    arms["denoised_clean_trained"] |= {"psnr_gain": Estimate(*psnr_gain)}
    answer = words.given_back(arms, made_up_tables.compared(Estimate(*gain)))
    assert answer.short == short
    assert nearer in answer.sentences[1]
    assert ("does harm" in answer.sentences[0]) == (gain[2] < 0)


def test_no_share_is_given_of_a_loss_that_is_not_shown():
    arms = measured(accuracy=Estimate(0.88, 0.84, 0.92), accuracy_clean=Estimate(0.9, 0.85, 0.95))
    assert (
        words.given_back(arms, made_up_tables.compared(Estimate(0.07, 0.05, 0.09))).short
        == "7.0 points."
    )


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
    arms, difference = measured(), made_up_tables.compared(Estimate(*gain))
    answer = words.joint_better(arms, difference, 0.05)
    assert answer.short == short
    assert ("may be chance" in answer.sentences[0]) == (gain[1] <= 0 <= gain[2])
    assert "less well than the autoencoder" in answer.sentences[1]
    assert "did not learn to restore" in words.joint_better(arms, difference, 1.0).sentences[1]
    assert "did not learn to classify" in words.joint_better(arms, difference, 0.0).sentences[1]


@pytest.mark.parametrize(
    ("gain", "said"),
    [
        ((0.08, 0.05, 0.12), "Yes: denoising first raises"),
        ((-0.08, -0.12, -0.05), "No: denoising first lowers"),
        ((0.01, -0.01, 0.03), "Not clearly:"),
    ],
)
def test_one_sentence_answers_the_title(gain, said):
    sentence = words.headline(measured(), Estimate(*gain))
    assert sentence.startswith(said)
    assert all(text in sentence for text in ("91.0%", "99.3%"))
    assert sentence.count(". ") == 0
    assert sentence.endswith(".")


@pytest.mark.parametrize(
    ("found", "short", "sure"),
    [
        (Estimate(0.05714, 0.0546, 0.0598), "From level 0.057", "95% interval 0.055 to 0.06"),
        (Estimate(0.05714, 0.05711, 0.05719), "From level 0.057", "0.0571 to 0.0572"),
        (Estimate(0.2), "From about level 0.2", "not resolved: the gains around it may be chance"),
        (Estimate(0.0), "As soon as there is noise", "no lower level was measured"),
        (Estimate(0.0, 0.0, 0.05), "As soon as there is noise", "95% interval 0 to 0.05"),
    ],
)
def test_the_answer_names_the_break_even_level(found, short, sure):
    said = pays_off.pays_from(found, GAINS)
    assert said[0] == short
    assert sure in said[1]


def test_a_break_even_at_the_lowest_measured_level_is_not_called_chance():
    said = pays_off.pays_from(Estimate(0.1), {0.1: 0.0, 0.2: 0.3})
    assert said == (
        "From about level 0.1",
        "it has no interval, as no lower level was measured",
    )


@pytest.mark.parametrize(
    ("gains", "short", "sure"),
    [
        ({0.0: 0.1, 0.2: 0.3}, "Even without noise", "no break-even was found"),
        ({0.1: 0.1, 0.2: 0.3}, "From the lowest measured level, 0.1", "may pay off below that"),
        ({0.0: 0.0, 0.2: -0.3}, "At none of the measured levels", "no break-even was found"),
    ],
)
def test_the_answer_says_so_if_there_is_no_break_even_level(gains, short, sure):
    said = pays_off.pays_from(None, gains)
    assert said[0] == short
    assert sure in said[1]


def gaining(gains: list[float], n: int = 40) -> words.Answer:
    table = sweep_table(LEVELS, ["gaussian"]).assign(n=n)
    arm = table["arm"] == "denoised_clean_trained"
    before = table.loc[table["arm"] == "clean_trained", "accuracy"].to_numpy()
    table.loc[arm, "accuracy"] = before + gains
    return pays_off.break_even(Estimate(0.1), table, "gaussian")


def test_the_answer_names_the_levels_of_the_largest_and_of_no_gain():
    said = " ".join(gaining([-0.1, 0.2, 0.1, -0.3]).sentences)
    assert "largest at level 0.1: +20.0 points. Beyond that, there is no gain at level 0.4" in said
    assert "Beyond" not in " ".join(gaining([-0.1, 0.2, 0.1, 0.1]).sentences)
    assert "largest" not in " ".join(gaining([-0.1, 0.0, -0.1, -0.3]).sentences)


def test_predictions_that_denoising_turns_are_counted_if_they_are_few():
    few, many = (" ".join(gaining([0.1] * 4, n).sentences) for n in (40, 1000))
    assert "of 40 predictions denoising turns 2 from right to wrong and 1 from wrong" in few
    assert "of 1,000 predictions denoising turns 5.0% from right to wrong and 2.5%" in many


@pytest.mark.parametrize(
    ("found", "text"),
    [
        (Estimate(0.92, 0.893, 0.95), "92.0% (89.3 to 95.0)"),
        (Estimate(1.0, 0.98734, 1.0), "100.0% (98.7 to 100.0)"),
        (Estimate(1.0, 1.0, 1.0), "100.0%"),
        (Estimate(0.92, 0.91999, 0.92001), "92.0%"),
        (Estimate(0.92), "92.0%"),
    ],
)
def test_an_interval_without_a_width_is_not_shown(found, text):
    assert numbers.rate(found) == text


@pytest.mark.parametrize(("low", "high", "text"), [(-0.02, 0.0, "−2.0 to 0.0"), (0.0, 0.0, "")])
def test_differences_have_signed_intervals_with_a_width(low, high, text):
    assert numbers.signed_spread(Estimate(0.0, low, high)) == text


@pytest.mark.parametrize(
    ("number", "text"), [(0.04, "0.0"), (-0.04, "0.0"), (-1.26, "−1.3"), (1.26, "+1.3")]
)
def test_signed_numbers_have_a_sign_unless_they_round_to_0(number, text):
    assert numbers.signed(number) == text


@pytest.mark.parametrize(
    ("p", "text"),
    [(1.0, "p = 1"), (0.04567, "p = 0.046"), (0.001, "p = 0.001"), (9e-4, "p < 0.001")],
)
def test_p_values_have_two_digits_and_small_ones_a_bound(p, text):
    assert numbers.p_value_text(p) == text


@pytest.mark.parametrize(("chance", "text"), [(1, "100%"), (0.9999, ">99%"), (0.994, "99%")])
def test_only_certainty_is_100_percent(chance, text):
    assert numbers.confidence_text(chance) == text


def test_every_kind_of_noise_has_a_name():
    assert set(kinds.KINDS) == set(KINDS)


def test_no_name_of_an_arm_has_a_comma():
    assert not [label for label in ARM_LABELS.values() if "," in label]


@pytest.mark.parametrize("name", ["page.css", "page.html", "page.js"])
def test_the_fingerprint_of_the_report_covers_the_files_of_the_page(name):
    assert f"  denoising/report/{name}\n" in (ROOT / "fingerprints/report.txt").read_text()


def test_the_page_has_the_colours_of_the_plots():
    style = (ROOT / "denoising/report/page.css").read_text("utf-8")
    assert f"--paper: {LIGHT};" in style
    assert f"--card: {DARK};" in style
    for mode in ("light", "dark"):
        variables = colours.css_variables(mode)
        for name, colour in CURVES.items():
            assert f"--{name}: {getattr(colour, mode)};" in variables
        assert f"--arm-joint: {getattr(ARM_COLOURS['joint'], mode)};" in variables
        assert f"--state-noisy: {getattr(STATES['noisy'], mode)};" in variables


@pytest.mark.parametrize(
    ("outputs", "shown"),
    [
        ([2.0, 0.5], ["none", "2", "0.5"]),
        ([2.0, -np.inf], ["none", "2", "lowest output"]),
        ([np.inf, 0.5], ["none", "highest output", "0.5"]),
        ([np.inf, -np.inf], ["none", "highest output", "lowest output"]),
    ],
)
def test_the_roc_curve_names_thresholds_that_its_table_leaves_empty(outputs, shown):
    curve = roc_curve(np.array([1, 0]), np.array(outputs)).replace([np.inf, -np.inf], np.nan)
    chart = charts.roc(curve)
    rows = [row for table in chart.specification["datasets"].values() for row in table]
    assert [row["threshold"] for row in rows if "threshold" in row] == shown


def test_an_infinite_threshold_of_a_detector_is_named():
    found = made_up_tables.detector() | {"youden_threshold": Estimate(float("nan"))}
    assert "Signs found at Youden's threshold (infinite)" in dict(tables.detector(found))
