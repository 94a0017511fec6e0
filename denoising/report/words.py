"""Answers to the questions of the report, in sentences that follow from the numbers of a run."""

import math
from typing import Any, NamedTuple

import pandas as pd

from denoising.noise.kinds import KINDS
from denoising.report.numbers import (
    between_text,
    level_text,
    percent,
    signed,
    signed_spread,
    spread,
)

ALONE, DENOISED = "clean_trained", "denoised_clean_trained"
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


def rate(part: dict[str, Any], key: str = "accuracy") -> str:
    """Format an accuracy with its interval."""
    return f"{percent(part[key])} ({spread(part, key)})"


def suffering(classifier: dict[str, Any], noise: str) -> Answer:
    """Compare the clean-trained classifier on clean and noisy images.

    Parameters
    ----------
    classifier : the content of `metrics/classifier.json`.
    noise : its shown name.
    """
    arm, other = classifier["clean_trained"], classifier["noise_trained"]
    loss = arm["accuracy_clean"] - arm["accuracy"]
    points = f"{100 * abs(loss):.1f} points"
    both = (
        f"Trained on clean images, the classifier gets {rate(arm, 'accuracy_clean')} of the clean "
        f"test images right, and {rate(arm)} of the same images with {noise}."
    )
    if arm["accuracy_high"] < arm["accuracy_clean_low"]:
        short, meaning = f"It loses {points}.", _mistakes(arm)
    elif arm["accuracy_low"] > arm["accuracy_clean_high"]:
        short, meaning = f"It does not: it gains {points}.", "The noise does no harm."
    else:
        short, meaning = (
            "No clear loss.",
            "The two intervals overlap: the difference may be chance.",
        )
    trained = (
        f"Trained on noisy images instead, it gets {rate(other)} of the noisy images right and "
        f"{rate(other, 'accuracy_clean')} of the clean ones."
    )
    return Answer("How badly does the classifier suffer?", short, [f"{both} {meaning}", trained])


def _mistakes(arm: dict[str, float]) -> str:
    before, after = 1 - arm["accuracy_clean"], 1 - arm["accuracy"]
    if before <= 0:
        return f"It made no mistakes on the clean images, and now gets {percent(after)} wrong."
    times = after / before
    if times >= 2:
        return f"That is {times:.0f} times as many mistakes."
    return f"That is {percent(times - 1, 0)} more mistakes."


def given_back(denoised: dict[str, Any], classifier: dict[str, Any]) -> Answer:
    """Compare the clean-trained classifier with and without denoising.

    Parameters
    ----------
    denoised, classifier : the contents of `metrics/denoised.json` and `metrics/classifier.json`.
    """
    arm, paired = denoised[DENOISED], denoised["denoised_minus_clean_trained"]
    gain = paired["accuracy"]
    points = f"{100 * abs(gain):.1f} points"
    sentence = (
        f"After denoising, the same classifier gets {rate(arm)} of the noisy images right: "
        f"{signed(100 * gain)} points compared with no denoising (95% interval over the same "
        f"images: {signed_spread(paired, 'accuracy')})."
    )
    if paired["accuracy_low"] > 0:
        short = f"{points}{_share(gain, classifier['clean_trained'])}."
    elif paired["accuracy_high"] < 0:
        short = f"Nothing: it costs another {points}."
        sentence += " Denoising does harm here."
    else:
        short = "No clear gain."
        sentence += CHANCE
    return Answer("How much does denoising give back?", short, [sentence, _nearer(denoised)])


def _share(gain: float, arm: dict[str, float]) -> str:
    """Return the gain as a fraction of the loss, or nothing if there is no clear loss."""
    if arm["accuracy_high"] >= arm["accuracy_clean_low"]:
        return ""
    share = gain / (arm["accuracy_clean"] - arm["accuracy"])
    return ", the whole loss" if share > 0.9999 else f", {min(round(100 * share), 99)}% of the loss"


def _nearer(denoised: dict[str, float]) -> str:
    values = f"PSNR {denoised['psnr']:.1f} dB, compared with {denoised['psnr_noisy']:.1f} dB before"
    if denoised["psnr_gain_low"] > 0:
        return f"The denoised images are closer to the clean ones: {values}."
    if denoised["psnr_gain_high"] < 0:
        return f"The denoised images are farther from the clean ones: {values}."
    return f"The denoised images are not clearly closer to the clean ones: {values}."


def joint_better(
    joint: dict[str, Any], classifier: dict[str, Any], denoised: dict[str, Any], weight: float
) -> Answer:
    """Compare the joint network with the noise-trained classifier.

    Parameters
    ----------
    joint, classifier, denoised : the contents of the files of these names in `metrics/`.
    weight : of the classification in the joint network's loss, 0 to 1.
    """
    paired = joint["joint_minus_noise_trained"]
    points = f"{100 * abs(paired['accuracy']):.1f} points"
    sentence = (
        f"The joint network, which denoises and classifies at once, gets {rate(joint['joint'])} "
        f"of the noisy images right; the classifier trained on noisy images gets "
        f"{rate(classifier['noise_trained'])}. The difference is "
        f"{signed(100 * paired['accuracy'])} points (95% interval over the same images: "
        f"{signed_spread(paired, 'accuracy')})."
    )
    if paired["accuracy_low"] > 0:
        short = f"Yes, by {points}."
    elif paired["accuracy_high"] < 0:
        short = f"No, it is {points} worse."
    else:
        short = "No clear difference."
        sentence += CHANCE
    return Answer(
        "Does the joint network do better?", short, [sentence, _restored(joint, denoised, weight)]
    )


def _restored(joint: dict[str, float], denoised: dict[str, float], weight: float) -> str:
    """Compare the images of the joint network with those of the autoencoder."""
    if weight == 1:
        return "Its classification weight is 1: it did not learn to restore images."
    if joint["psnr_low"] > denoised["psnr_high"]:
        how = "better than"
    elif joint["psnr_high"] < denoised["psnr_low"]:
        how = "less well than"
    else:
        how = "about as well as"
    values = f"PSNR {joint['psnr']:.1f} dB, compared with {denoised['psnr']:.1f} dB"
    untrained = " Its classification weight is 0: it did not learn to classify."
    return f"It restores images {how} the autoencoder: {values}." + ("" if weight else untrained)


def pays_from(found: dict[str, Any], levels: list[float]) -> tuple[str, str]:
    """Return the level from which denoising pays off: in short, and with its uncertainty.

    Parameters
    ----------
    found : from `denoising.evaluation.break_even.break_even`. If it found no break-even, its level
        is the lowest one if denoising gains at every level, and the highest if it never does.
    levels : the measured levels, ascending.
    """
    lowest, highest = levels[0], levels[-1]
    level, low, high = (found[f"break_even_level{end}"] for end in ("", "_low", "_high"))
    interval = f"95% interval {between_text(low)} to {between_text(high)}"
    if found["break_even_found"]:
        short = f"From level {between_text(level)}" if level else "As soon as there is noise"
        notes = [interval]
        if lowest and same(low, lowest):
            notes.append("its lower end is the lowest measured level")
        if same(high, highest):
            notes.append("its upper end is the highest measured level, so it may never pay off")
        return short, "; ".join(notes)
    none = "no break-even was found"
    if same(level, lowest):
        short = f"From the lowest measured level, {level_text(lowest)}"
        below = "it may pay off below that, too" if lowest else none
        return short if lowest else "Even without noise", below if same(high, lowest) else interval
    short = "At none of the measured levels"
    if same(low, highest):
        return short, none
    return short, f"{none}, but some resamples of the images have one from {between_text(low)} up"


def same(level: float, other: float) -> bool:
    """Return whether two levels are equal, up to the rounding of the metrics."""
    return math.isclose(level, other, rel_tol=1e-5)


def break_even(
    found: dict[str, Any], sweep: pd.DataFrame, kind: str, levels: list[float]
) -> Answer:
    """Return the level from which denoising pays off for the training kind of noise.

    Parameters
    ----------
    found, levels : as in `pays_from`.
    sweep : the table `plots/sweep.csv`.
    kind : of the noise used in training.
    """
    short, sure = pays_from(found, levels)
    table = sweep.loc[sweep["kind"] == kind]
    accuracy = table.pivot(index="level", columns="arm", values="accuracy")
    gains = (accuracy[DENOISED] - accuracy[ALONE]).to_dict()
    sentences = [
        "Denoising pays off if the clean-trained classifier is right more often with it than "
        f"without. Measured at {len(levels)} levels of {KINDS[kind].label} noise from "
        f"{level_text(levels[0])} to {level_text(levels[-1])}; {sure}.",
        *_most(gains),
        *_without_noise(table),
    ]
    return Answer("From which level does denoising pay off?", f"{short}.", sentences)


def _most(gains: dict[float, float]) -> list[str]:
    """Return the level of the largest gain, and the higher levels without a gain."""
    best = max(gains, key=lambda level: gains[level])
    if gains[best] <= 0:
        return []
    text = f"The gain is largest at level {level_text(best)}: {signed(100 * gains[best])} points."
    lost = [level_text(level) for level, gain in gains.items() if level > best and gain <= 0]
    beyond = f" Beyond that, there is no gain at level {', '.join(lost)}." if lost else ""
    return [text + beyond]


def _without_noise(table: pd.DataFrame) -> list[str]:
    """Return the effect of denoising on clean images, if level 0 was measured."""
    rows = table.loc[(table["level"] == 0) & (table["arm"] == DENOISED)].to_dict("records")
    return [
        f"Without noise, denoising turns {percent(row['harm_rate'])} of the predictions from right "
        f"to wrong and {percent(row['help_rate'])} from wrong to right."
        for row in rows[:1]
    ]


def other_kinds(sweep_metrics: dict[str, Any], levels: list[float]) -> list[tuple[str, str, str]]:
    """Return name, unit of the level and break-even level of each kind not used in training."""
    rows = []
    for kind, metrics in sweep_metrics["other_kinds"].items():
        short, sure = pays_from(metrics, levels)
        rows.append((KINDS[kind].label, KINDS[kind].unit, f"{short} ({sure})."))
    return rows
