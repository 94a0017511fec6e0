"""The level from which denoising pays off, in words."""

import pandas as pd

from denoising.evaluation.intervals import Estimate
from denoising.noise.kinds import KINDS
from denoising.report.numbers import (
    between_spread,
    between_text,
    count_or_percent,
    level_text,
    signed,
)
from denoising.report.words import ALONE, DENOISED, Answer


def gains_by_level(sweep: pd.DataFrame, kind: str) -> dict[float, float]:
    """Return the gain in accuracy from denoising at each level of a kind of noise, ascending.

    `sweep` is the table `plots/sweep.csv`.
    """
    rows = sweep.loc[sweep["kind"] == kind]
    accuracy = rows.pivot(index="level", columns="arm", values="accuracy")
    return (accuracy[DENOISED] - accuracy[ALONE]).to_dict()


def pays_from(found: Estimate | None, gains: dict[float, float]) -> tuple[str, str]:
    """Return the level from which denoising pays off: in short, and with its uncertainty.

    Parameters
    ----------
    found : the break-even level; None if the gain does not turn positive between two levels.
    gains : from `gains_by_level`.
    """
    if found is not None:
        interval = between_spread(found)
        if interval:
            sure = f"95% interval {interval}"
        elif found.value <= min(gains):
            sure = "it has no interval, as no lower level was measured"
        else:
            sure = "not resolved: the gains around it may be chance"
        if not found.value:
            return "As soon as there is noise", sure
        about = "" if interval else "about "
        return f"From {about}level {between_text(found.value)}", sure
    if max(gains.values()) <= 0:
        return "At none of the measured levels", "no break-even was found"
    lowest = min(gains)
    if lowest:
        short = f"From the lowest measured level, {level_text(lowest)}"
        return short, "it may pay off below that, too"
    return "Even without noise", "no break-even was found"


def break_even(found: Estimate | None, sweep: pd.DataFrame, kind: str) -> Answer:
    """Return the level from which denoising pays off for the trained kind of noise.

    Parameters
    ----------
    found : as in `pays_from`.
    sweep : the table `plots/sweep.csv`.
    kind : of the noise used in training.
    """
    gains = gains_by_level(sweep, kind)
    short, sure = pays_from(found, gains)
    sentences = [
        "Denoising pays off if the clean-trained classifier is right more often with it than "
        f"without. Measured at {len(gains)} levels of {KINDS[kind].label} noise from "
        f"{level_text(min(gains))} to {level_text(max(gains))}; {sure}.",
        *_most(gains),
        *_without_noise(sweep.loc[sweep["kind"] == kind]),
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
        f"Without noise, of {row['n']:,} predictions denoising turns "
        f"{count_or_percent(row['harm_rate'], row['n'])} from right to wrong and "
        f"{count_or_percent(row['help_rate'], row['n'])} from wrong to right."
        for row in rows[:1]
    ]


def other_kinds(
    found: dict[str, Estimate | None], sweep: pd.DataFrame, trained: str
) -> list[tuple[str, str]]:
    """Return name and break-even level of each kind of noise not used in training.

    `found` is by kind; `sweep` is the table `plots/sweep.csv`.
    """
    rows = []
    for kind, level in found.items():
        if kind != trained:
            short, sure = pays_from(level, gains_by_level(sweep, kind))
            rows.append((KINDS[kind].label, f"{short} ({sure})."))
    return rows
