"""Answers to the questions of the report, in sentences that follow from the numbers of a run."""

from typing import NamedTuple

from denoising.evaluation.intervals import Estimate
from denoising.evaluation.summaries import Measures
from denoising.report.numbers import FEW, count, p_value_text, percent, rate, signed, signed_spread
from denoising.report.results import ends

ALONE, NOISE_TRAINED, DENOISED = "clean_trained", "noise_trained", "denoised_clean_trained"
CHANCE = " The interval includes 0: the difference may be chance."


class Answer(NamedTuple):
    """A question of the report.

    Attributes
    ----------
    question : as shown.
    short : the answer in a few words.
    sentences : the answer in full, a paragraph each.
    """

    question: str
    short: str
    sentences: list[str]


def headline(arms: dict[str, Measures], gain: Estimate) -> str:
    """Answer the title of the page, "Denoise, then classify?", in one sentence.

    `gain` is the difference in accuracy between the clean-trained classifier with denoising and
    without, paired over the images.
    """
    before, after, trained = (
        percent(arms[arm]["accuracy"].value) for arm in (ALONE, DENOISED, NOISE_TRAINED)
    )
    if _above_0(gain):
        answer = "Yes: denoising first raises"
    elif _below_0(gain):
        answer = "No: denoising first lowers"
    else:
        return (
            "Not clearly: the classifier trained on clean images gets "
            f"{before} of the noisy images right, and {after} with denoising first, which may be "
            f"chance; a classifier trained on noisy images gets {trained} right without denoising."
        )
    return (
        f"{answer} the accuracy of the classifier trained on clean images from {before} to {after} "
        f"on noisy images; a classifier trained on noisy images reaches {trained} without "
        "denoising."
    )


def suffering(arms: dict[str, Measures], noise: str, images: int) -> Answer:
    """Compare the clean-trained classifier on clean and noisy images.

    Parameters
    ----------
    noise : its shown name.
    images : the number of test images.
    """
    clean, noisy = arms[ALONE]["accuracy_clean"], arms[ALONE]["accuracy"]
    other = arms[NOISE_TRAINED]
    points = f"{100 * abs(clean.value - noisy.value):.1f} points"
    both = (
        f"Trained on clean images, the classifier gets {rate(clean)} of the clean test images "
        f"right, and {rate(noisy)} of the same images with {noise}."
    )
    if ends(noisy).high < ends(clean).low:
        short = f"It loses {points}."
        meaning = _mistakes(1 - clean.value, 1 - noisy.value, images)
    elif ends(noisy).low > ends(clean).high:
        short, meaning = f"It does not: it gains {points}.", "The noise does no harm."
    else:
        short, meaning = (
            "No clear loss.",
            "The two intervals overlap: the difference may be chance.",
        )
    trained = (
        f"Trained on noisy images instead, it gets {rate(other['accuracy'])} of the noisy images "
        f"right and {rate(other['accuracy_clean'])} of the clean ones."
    )
    return Answer("How badly does the classifier suffer?", short, [f"{both} {meaning}", trained])


def _mistakes(before: float, after: float, images: int) -> str:
    """Compare two fractions of wrong predictions; few mistakes are counted."""
    few, many = count(before, images), count(after, images)
    if few < FEW:
        return f"It gets {many:,} of {images:,} wrong instead of {few or 'none'}."
    times = after / before
    if times >= 2:
        return f"That is {times:.0f} times as many mistakes."
    return f"That is {percent(times - 1, 0)} more mistakes."


def given_back(arms: dict[str, Measures], comparison: Measures) -> Answer:
    """Compare the clean-trained classifier with and without denoising.

    `comparison` has the difference of their accuracies, and the p-value of McNemar's test.
    """
    gain = comparison["accuracy"]
    points = f"{100 * abs(gain.value):.1f} points"
    sentence = (
        f"After denoising, the same classifier gets {rate(arms[DENOISED]['accuracy'])} of the "
        f"noisy images right: {signed(100 * gain.value)} points compared with no "
        f"denoising{_paired(comparison)}."
    )
    if _above_0(gain):
        short = f"{points}{_share(gain.value, arms[ALONE])}."
    elif _below_0(gain):
        short = f"Nothing: it costs another {points}."
        sentence += " Denoising does harm here."
    else:
        short = "No clear gain."
        sentence += CHANCE
    nearer = _nearer(arms[ALONE]["psnr"], arms[DENOISED])
    return Answer("How much does denoising give back?", short, [sentence, nearer])


def _share(gain: float, alone: Measures) -> str:
    """Return the gain as a fraction of the loss, or nothing if there is no clear loss."""
    clean, noisy = alone["accuracy_clean"], alone["accuracy"]
    if ends(noisy).high >= ends(clean).low:
        return ""
    share = gain / (clean.value - noisy.value)
    return ", the whole loss" if share > 0.9999 else f", {min(round(100 * share), 99)}% of the loss"


def _nearer(noisy: Estimate, denoised: Measures) -> str:
    values = f"PSNR {denoised['psnr'].value:.1f} dB, compared with {noisy.value:.1f} dB before"
    if _above_0(denoised["psnr_gain"]):
        return f"The denoised images are closer to the clean ones: {values}."
    if _below_0(denoised["psnr_gain"]):
        return f"The denoised images are farther from the clean ones: {values}."
    return f"The denoised images are not clearly closer to the clean ones: {values}."


def joint_better(arms: dict[str, Measures], comparison: Measures, weight: float) -> Answer:
    """Compare the joint network with the noise-trained classifier.

    Parameters
    ----------
    comparison : as in `given_back`.
    weight : of the classification in the joint network's loss, 0 to 1.
    """
    gain = comparison["accuracy"]
    points = f"{100 * abs(gain.value):.1f} points"
    sentence = (
        f"The joint network, which denoises and classifies at once, gets "
        f"{rate(arms['joint']['accuracy'])} of the noisy images right; the classifier trained on "
        f"noisy images gets {rate(arms[NOISE_TRAINED]['accuracy'])}. The difference is "
        f"{signed(100 * gain.value)} points{_paired(comparison)}."
    )
    if _above_0(gain):
        short = f"Yes, by {points}."
    elif _below_0(gain):
        short = f"No, it is {points} worse."
    else:
        short = "No clear difference."
        sentence += CHANCE
    restored = _restored(arms["joint"]["psnr"], arms[DENOISED]["psnr"], weight)
    return Answer("Does the joint network do better?", short, [sentence, restored])


def _restored(joint: Estimate, denoised: Estimate, weight: float) -> str:
    """Compare the PSNR of the joint network's images with that of the autoencoder's."""
    if weight == 1:
        return "Its classification weight is 1: it did not learn to restore images."
    if ends(joint).low > ends(denoised).high:
        how = "better than"
    elif ends(joint).high < ends(denoised).low:
        how = "less well than"
    else:
        how = "about as well as"
    values = f"PSNR {joint.value:.1f} dB, compared with {denoised.value:.1f} dB"
    untrained = " Its classification weight is 0: it did not learn to classify."
    return f"It restores images {how} the autoencoder: {values}." + ("" if weight else untrained)


def _paired(comparison: Measures) -> str:
    text = signed_spread(comparison["accuracy"])
    chance = p_value_text(comparison["mcnemar_p"].value)
    interval = f"95% interval over the same images: {text}; " if text else ""
    return f" ({interval}exact McNemar test: {chance})"


def _above_0(gain: Estimate) -> bool:
    return ends(gain).low > 0


def _below_0(gain: Estimate) -> bool:
    return ends(gain).high < 0
