"""Write `results/README.md` and its figures from kept tables: `python -m results.study`."""

from pathlib import Path

import matplotlib

matplotlib.use("Agg")

import matplotlib.pyplot as plt
import pandas as pd

from results.facts import ROOT

RUN = "results/fashion_mnist"
SWEEP = f"{RUN}/plots/sweep.csv"
LEVELS = "studies/levels/levels.csv"
PAGE = ROOT / "results/README.md"
PLOTS = Path("plots")
COLOURS = {
    "clean_trained": "#555555",
    "noise_trained": "#d9772b",
    "denoised_clean_trained": "#3a9a5b",
    "denoised_trained": "#1f6f8b",
    "joint": "#8a4fb0",
    "median": "#c9b458",
    "tv": "#c98bb9",
    "wavelet": "#7fb2d9",
    "nlm": "#b08968",
}
LABELS = {
    "clean_trained": "trained on clean images",
    "noise_trained": "trained on noisy images",
    "denoised_clean_trained": "the first, behind the autoencoder",
    "denoised_trained": "trained on denoised images",
    "joint": "joint network",
    "median": "the first, behind a median",
    "tv": "… total variation",
    "wavelet": "… wavelets",
    "nlm": "… non-local means",
}
KINDS = {
    "gaussian": "Gaussian (trained on)",
    "speckle": "speckle",
    "poisson": "Poisson",
    "salt_and_pepper": "salt and pepper",
}


def accuracy_figure(table: pd.DataFrame):
    """Draw the accuracy of every arm by level, with its 95% intervals: the trained kind."""
    figure, axis = plt.subplots(figsize=(7.5, 4.4), dpi=110, layout="constrained")
    for arm, part in table[table["kind"] == "gaussian"].groupby("arm", sort=False):
        filter_ = arm in ("median", "tv", "wavelet", "nlm")
        style = {"linestyle": "--", "linewidth": 1} if filter_ else {"linewidth": 2}
        axis.plot(part["level"], part["accuracy"], color=COLOURS[arm], label=LABELS[arm], **style)
        axis.fill_between(
            *(part["level"], part["accuracy_low"], part["accuracy_high"]),
            color=COLOURS[arm],
            alpha=0.15,
            linewidth=0,
        )
    axis.set(xlabel="level of the noise (standard deviation)", ylabel="accuracy, test images")
    axis.legend(frameon=False, fontsize=8, loc="lower left")
    return figure


def gains_figure(table: pd.DataFrame, metrics: dict):
    """Draw what denoising gains in accuracy over leaving alone, by level, a panel a kind."""
    figure, axes = plt.subplots(
        1, len(KINDS), figsize=(10, 2.9), dpi=110, sharey=True, layout="constrained"
    )
    for axis, (kind, title) in zip(axes, KINDS.items(), strict=True):
        part = table[table["kind"] == kind].pivot(index="level", columns="arm", values="accuracy")
        gain = part["denoised_clean_trained"] - part["clean_trained"]
        axis.axhline(0, color="#999999", linewidth=1)
        axis.plot(gain.index, gain, color=COLOURS["denoised_clean_trained"], marker=".")
        found = metrics if kind == "gaussian" else metrics["other_kinds"][kind]
        if found["break_even_found"]:
            low, high = found["break_even_level_low"], found["break_even_level_high"]
            axis.axvspan(low, high, color="#3a9a5b", alpha=0.2, linewidth=0)
            axis.axvline(found["break_even_level"], color="#3a9a5b", linewidth=1, linestyle=":")
        axis.set(title=title, xlabel="level")
    axes[0].set_ylabel("accuracy gained")
    return figure


def levels_figure(table: pd.DataFrame):
    """Draw what one denoiser for all levels reaches beside the specialists."""
    figure, axis = plt.subplots(figsize=(6.4, 3.6), dpi=110, layout="constrained")
    styles = {
        "specialist": {"color": "#555555", "marker": "o", "linestyle": "none", "zorder": 3},
        "blind": {"color": "#3a9a5b"},
        "told": {"color": "#1f6f8b"},
        "told the estimate": {"color": "#1f6f8b", "linestyle": ":"},
        "told half": {"color": "#d9772b", "linestyle": "--"},
        "told twice": {"color": "#8a4fb0", "linestyle": "--"},
    }
    for denoiser, style in styles.items():
        part = table[(table["denoiser"] == denoiser) & (table["level"] > 0)]
        axis.plot(part["level"], part["psnr"], label=denoiser, **style)
    axis.set(xlabel="level of the noise", ylabel="PSNR, dB")
    axis.legend(frameon=False, fontsize=8)
    return figure
