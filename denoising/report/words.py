"""The answer in words, which follow from the numbers of a run, whichever they are."""

import math
from typing import NamedTuple

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


class Answer(NamedTuple):
    """A question, the answer in a few words, and the sentences that say it in full."""

    question: str
    short: str
    sentences: list[str]


def right_on(part: dict[str, float], key: str = "accuracy") -> str:
    """Write an accuracy with its interval."""
    return f"{percent(part[key])} ({spread(part, key)})"


def suffering(classifier: dict[str, dict], noise: str) -> Answer:
    """Say how badly the clean-trained classifier suffers. `noise` says which noise it is."""
    arm, other = classifier["clean_trained"], classifier["noise_trained"]
    loss = arm["accuracy_clean"] - arm["accuracy"]
    points = f"{100 * abs(loss):.1f} points"
    both = (
        f"Trained on clean images, the classifier is right on {right_on(arm, 'accuracy_clean')} of "
        f"the clean test images, and on {right_on(arm)} of the same images with {noise}."
    )
    if arm["accuracy_high"] < arm["accuracy_clean_low"]:
        short, meaning = f"It loses {points}.", _mistakes(arm)
    elif arm["accuracy_low"] > arm["accuracy_clean_high"]:
        short, meaning = f"It does not: it gains {points}.", "The noise does it no harm."
    else:
        short = "No loss is shown."
        meaning = "The two intervals overlap: that it suffers is not shown."
    trained = (
        f"Trained on noisy images instead, it is right on {right_on(other)} of the noisy ones and "
        f"on {right_on(other, 'accuracy_clean')} of the clean ones."
    )
    return Answer("How badly does the classifier suffer?", short, [f"{both} {meaning}", trained])


def _mistakes(arm: dict[str, float]) -> str:
    before, after = 1 - arm["accuracy_clean"], 1 - arm["accuracy"]
    if before <= 0:
        return f"It made no mistake before, and is wrong on {percent(after)} now."
    times = after / before
    if times >= 2:
        return f"That is {times:.0f} times as many mistakes."
    return f"That is {percent(times - 1, 0)} more mistakes."


def given_back(denoised: dict, classifier: dict[str, dict]) -> Answer:
    """Say what denoising first gives back to the clean-trained classifier."""
    arm, paired = denoised[DENOISED], denoised["denoised_minus_clean_trained"]
    gain = paired["accuracy"]
    points = f"{100 * abs(gain):.1f} points"
    sentence = (
        f"With the image denoised first, the same classifier is right on {right_on(arm)} of the "
        f"noisy images: {signed(100 * gain)} points against leaving the noise in (95% interval of "
        f"the difference, over the same images: {signed_spread(paired, 'accuracy')})."
    )
    if paired["accuracy_low"] > 0:
        share = _share(gain, classifier["clean_trained"])
        short = f"{points}{share}."
    elif paired["accuracy_high"] < 0:
        short = f"Nothing: it takes {points} more."
        sentence += " Denoising first does harm."
    else:
        short = "No gain is shown."
        sentence += " The interval includes 0: the difference may be chance."
    return Answer("How much does denoising give back?", short, [sentence, _nearer(denoised)])


def _share(gain: float, arm: dict[str, float]) -> str:
    """Say what part of the loss a gain is, where there clearly is a loss."""
    if arm["accuracy_high"] >= arm["accuracy_clean_low"]:
        return ""
    share = gain / (arm["accuracy_clean"] - arm["accuracy"])
    return (
        ", all that was lost" if share > 0.9999 else f", {min(round(100 * share), 99)}% of the loss"
    )


def _nearer(denoised: dict[str, float]) -> str:
    values = f"PSNR {denoised['psnr']:.1f} dB, and {denoised['psnr_noisy']:.1f} dB before"
    if denoised["psnr_gain_low"] > 0:
        return f"The denoised images are nearer to the clean ones: {values}."
    if denoised["psnr_gain_high"] < 0:
        return f"The denoised images are further from the clean ones: {values}."
    return f"The denoised images are not shown to be nearer to the clean ones: {values}."


def joint_better(joint: dict, classifier: dict, denoised: dict, weight: float) -> Answer:
    """Say whether the joint network beats a classifier that was trained on noisy images."""
    paired = joint["joint_minus_noise_trained"]
    points = f"{100 * abs(paired['accuracy']):.1f} points"
    sentence = (
        f"The network that denoises and classifies at once is right on {right_on(joint['joint'])} "
        f"of the noisy images, the classifier trained on noisy images on "
        f"{right_on(classifier['noise_trained'])}: {signed(100 * paired['accuracy'])} points "
        f"(95% interval of the difference, over the same images: "
        f"{signed_spread(paired, 'accuracy')})."
    )
    if paired["accuracy_low"] > 0:
        short = f"Yes, by {points}."
    elif paired["accuracy_high"] < 0:
        short = f"No, it is {points} worse."
    else:
        short = "No difference is shown."
        sentence += " The interval includes 0: the difference may be chance."
    return Answer(
        "Does the joint network do better?", short, [sentence, _restored(joint, denoised, weight)]
    )


def _restored(joint: dict[str, float], denoised: dict[str, float], weight: float) -> str:
    """Compare the images of the joint network with those of the autoencoder."""
    if weight == 1:
        return "Its weight of classification is 1: it did not learn to restore images."
    if joint["psnr_low"] > denoised["psnr_high"]:
        how = "better than"
    elif joint["psnr_high"] < denoised["psnr_low"]:
        how = "less well than"
    else:
        how = "about as well as"
    values = f"PSNR {joint['psnr']:.1f} and {denoised['psnr']:.1f} dB"
    untaught = " Its weight of classification is 0: it did not learn to classify."
    return f"It restores images {how} the autoencoder: {values}." + (untaught if not weight else "")


def pays_from(found: dict[str, float], levels: list[float]) -> tuple[str, str]:
    """Say from which level on denoising pays, with its interval: in short, and how sure that is.

    `found` is what `denoising.study.break_even` returns of these levels. Where it found none, its
    level is the lowest one if denoising gains at all of them, and the highest if it never does.
    """
    lowest, highest = levels[0], levels[-1]
    level, low, high = (found[f"break_even_level{end}"] for end in ("", "_low", "_high"))
    interval = f"95% interval {between_text(low)} to {between_text(high)}"
    if found["break_even_found"]:
        short = f"From level {between_text(level)} on" if level else "As soon as there is noise"
        notes = [interval]
        if lowest and same(low, lowest):
            notes.append("its lower end is the lowest level that was measured")
        if same(high, highest):
            notes.append("its upper end is the highest level, so that it pays at all is not shown")
        return short, "; ".join(notes)
    none = "no break-even was found"
    if same(level, lowest):
        short = f"From the lowest level that was measured, {level_text(lowest)}, on"
        below = "it may pay below, too" if lowest else none
        return short if lowest else "Even without noise", below if same(high, lowest) else interval
    short = "At none of the levels that were measured"
    if same(low, highest):
        return short, none
    return short, f"{none}, but in some resamples of the images one from {between_text(low)} on"


def same(level: float, other: float) -> bool:
    """Say whether two levels are one; those among metrics are rounded."""
    return math.isclose(level, other, rel_tol=1e-5)


def break_even(found: dict, sweep: pd.DataFrame, kind: str, levels: list[float]) -> Answer:
    """Say from which level of the trained kind of noise on denoising pays."""
    short, sure = pays_from(found, levels)
    table = sweep[sweep["kind"] == kind]
    accuracy = table.pivot(index="level", columns="arm", values="accuracy")
    gains = accuracy[DENOISED] - accuracy[ALONE]
    sentences = [
        "It pays where the clean-trained classifier is right more often after denoising than "
        f"before. Measured at {len(levels)} levels of {KINDS[kind].label} noise, "
        f"{level_text(levels[0])} to {level_text(levels[-1])}; {sure}.",
        *_most(gains),
    ]
    sentences += _without_noise(table)
    return Answer("From which level on does denoising pay?", f"{short}.", sentences)


def _most(gains: pd.Series) -> list[str]:
    """Say at which level the gain, by level, is largest, and whether it ends beyond that."""
    best = gains.idxmax()
    if gains[best] <= 0:
        return []
    said = f"It gains most at level {level_text(best)}, {signed(100 * gains[best])} points."
    lost = [level_text(level) for level, gain in gains[best:].items() if gain <= 0]
    beyond = f" Beyond that it gains nothing at level {', '.join(lost)}." if lost else ""
    return [said + beyond]


def _without_noise(table: pd.DataFrame) -> list[str]:
    """Say what denoising does to verdicts about clean images, if level 0 was measured."""
    part = table[(table["level"] == 0) & (table["arm"] == DENOISED)]
    if part.empty:
        return []
    row = part.iloc[0]
    return [
        f"Without any noise, denoising first turns {percent(row['harm_rate'])} of the verdicts "
        f"from right to wrong and {percent(row['help_rate'])} from wrong to right."
    ]


def other_kinds(sweep_metrics: dict, levels: list[float]) -> list[tuple[str, str, str]]:
    """Say the same of each kind that nothing was trained on: the kind, what its level is, words."""
    found = []
    for kind, metrics in sweep_metrics["other_kinds"].items():
        short, sure = pays_from(metrics, levels)
        found.append((KINDS[kind].label, KINDS[kind].unit, f"{short} ({sure})."))
    return found
