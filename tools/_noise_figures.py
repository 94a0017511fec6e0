"""The figures of docs/noise_study.md."""

from math import isnan

import pandas as pd
from matplotlib.figure import Figure

from denoising.evaluation.arms import ALL_ARMS, FILTER_ARMS
from denoising.noise.kinds import KINDS
from denoising.plots.colours import ARM_COLOURS

TRAINED = "gaussian"  # the kind of noise in training
DPI = 110


def accuracy(sweep: pd.DataFrame) -> Figure:
    """Draw the accuracy of every arm by level of the trained kind, with 95% intervals."""
    figure = Figure(figsize=(8.5, 4.6), dpi=DPI, layout="constrained")
    axis = figure.subplots()
    for name, arm in ALL_ARMS.items():
        part = sweep[(sweep["kind"] == TRAINED) & (sweep["arm"] == name)]
        line, width = ("--", 1.2) if name in FILTER_ARMS else ("-", 2)
        (drawn,) = axis.plot(part["level"], part["accuracy"], line, linewidth=width)
        drawn.set(color=ARM_COLOURS[name].light, label=arm.label)
        band = (part["level"], part["accuracy_low"], part["accuracy_high"])
        axis.fill_between(*band, color=ARM_COLOURS[name].light, alpha=0.15, linewidth=0)
    axis.set(xlabel="noise level (standard deviation)", ylabel="accuracy on test images")
    axis.set(ylim=(0, 1), xlim=(0, sweep["level"].max()))
    axis.grid(alpha=0.2)
    figure.legend(loc="outside right upper", frameon=False, fontsize=8)
    return figure


def gain(gains: pd.DataFrame, break_even: dict[str, dict[str, float]]) -> Figure:
    """Draw the accuracy gained by denoising, by level, in a panel for each kind of noise.

    `gains` is the table ``gains.csv``; `break_even` holds each kind's row of ``break_even.csv``.
    """
    figure = Figure(figsize=(10, 3), dpi=DPI, layout="constrained")
    axes = figure.subplots(1, len(break_even), sharey=True)
    colour = ARM_COLOURS["denoised_clean_trained"].light
    for axis, (name, found) in zip(axes, break_even.items(), strict=True):
        part = gains[gains["kind"] == name]
        axis.axhline(0, color="#999999", linewidth=1)
        axis.plot(part["level"], 100 * part["value"], color=colour, marker=".")
        ends = (100 * part["low"], 100 * part["high"])
        axis.vlines(part["level"], *ends, color=colour, linewidth=1, alpha=0.6)
        if found["found"]:
            axis.axvline(found["value"], color=colour, linewidth=1, linestyle=":")
            if not isnan(found["low"]):  # resolved
                axis.axvspan(found["low"], found["high"], color=colour, alpha=0.2, linewidth=0)
        title = KINDS[name].label + (" (in training)" if name == TRAINED else "")
        axis.set(title=title, xlabel="level")
        axis.grid(alpha=0.2)
    axes[0].set_ylabel("accuracy gained by denoising\n(percentage points)")
    return figure


def ranges(arms: pd.DataFrame) -> Figure:
    """Draw the accuracy by level of arms trained on one level, dashed, and on a range."""
    figure = Figure(figsize=(8.5, 4.6), dpi=DPI, layout="constrained")
    axis = figure.subplots()
    for trained_on, line in (("range", "-"), ("level", "--")):
        for name, arm in ALL_ARMS.items():
            part = arms[(arms["trained_on"] == trained_on) & (arms["arm"] == name)]
            if len(part):
                (drawn,) = axis.plot(part["level"], part["accuracy"], line)
                label = "" if name == "clean_trained" else f", trained on a {trained_on}"
                drawn.set(color=ARM_COLOURS[name].light, label=arm.label + label)
    axis.set(xlabel="noise level (standard deviation)", ylabel="accuracy on test images")
    axis.set(ylim=(0, 1), xlim=(0, arms["level"].max()))
    axis.grid(alpha=0.2)
    figure.legend(loc="outside right upper", frameon=False, fontsize=8)
    return figure


def blind(levels: pd.DataFrame) -> Figure:
    """Draw the lead of each denoiser over the blind one, by noise level, in dB."""
    figure = Figure(figsize=(7, 3.8), dpi=DPI, layout="constrained")
    axis = figure.subplots()
    psnr = levels.pivot(index="level", columns="denoiser", values="psnr").loc[0.05:]
    for denoiser in levels["denoiser"].unique():
        if denoiser == "noisy":
            continue
        lead = (psnr[denoiser] - psnr["blind"]).dropna()
        line = "o" if denoiser.startswith("specialist") else "-"  # trained for single levels
        axis.plot(lead.index, lead, line, label=denoiser)
    axis.set(xlabel="noise level", ylabel="PSNR minus that of the blind denoiser (dB)")
    axis.grid(alpha=0.2)
    figure.legend(loc="outside right upper", frameon=False, fontsize=8)
    return figure
