"""Write `results/README.md` and its figures from kept tables: `python -m results.study`.

The page's words are in `results/study.md`, its numbers are read from the tables.
"""

import matplotlib

matplotlib.use("Agg")

import matplotlib.pyplot as plt
import pandas as pd
from matplotlib.figure import Figure

from denoising.baselines.filters import DENOISERS
from denoising.files.atomic import replacing
from denoising.files.figures import write_figure
from denoising.files.tables import read_json
from tools.facts import HERE, SOURCES, fill

WORDS = HERE / "study.md"
PAGE = HERE / "README.md"
PLOTS = HERE / "plots"
# Of each arm: its colour, as in the plots of `dvc plots`, and what the page calls it.
ARMS = {
    "clean_trained": ("#555555", "left alone"),
    "denoised_clean_trained": ("#3a9a5b", "denoised"),
    "denoised_trained": ("#1f6f8b", "denoised, trained for it"),
    "noise_trained": ("#d9772b", "trained on noise"),
    "joint": ("#8a4fb0", "one network for both"),
    "median": ("#c9b458", "median"),
    "tv": ("#c98bb9", "total variation"),
    "wavelet": ("#7fb2d9", "wavelets"),
    "nlm": ("#b08968", "non-local means"),
}
KINDS = {
    "gaussian": "Gaussian (trained on)",
    "speckle": "speckle",
    "poisson": "Poisson",
    "salt_and_pepper": "salt and pepper",
}
DENOISER_STYLES = {
    "specialist": {"color": "#555555", "marker": "o", "linestyle": "none", "zorder": 3},
    "blind": {"color": "#3a9a5b"},
    "specialist psnr": {"color": "#bb3333", "marker": "x", "linestyle": "none", "zorder": 3},
    "told": {"color": "#1f6f8b"},
    "told the estimate": {"color": "#1f6f8b", "linestyle": ":"},
    "told half": {"color": "#d9772b", "linestyle": "--"},
    "told twice": {"color": "#8a4fb0", "linestyle": "--"},
}


def draw_accuracy(table: pd.DataFrame) -> Figure:
    """Draw the accuracy of every arm by level, with its 95% intervals: the trained kind."""
    figure, axis = plt.subplots(figsize=(8.5, 4.6), dpi=110, layout="constrained")
    for arm, (colour, label) in ARMS.items():
        part = table[(table["kind"] == "gaussian") & (table["arm"] == arm)]
        style = {"linestyle": "--", "linewidth": 1.2} if arm in DENOISERS else {"linewidth": 2}
        axis.plot(part["level"], part["accuracy"], color=colour, label=label, **style)
        band = (part["level"], part["accuracy_low"], part["accuracy_high"])
        axis.fill_between(*band, color=colour, alpha=0.15, linewidth=0)
    axis.set(xlabel="level of the noise: its standard deviation", ylabel="accuracy on test images")
    axis.set(ylim=(0, 1), xlim=(0, table["level"].max()))
    axis.grid(alpha=0.2)
    figure.legend(loc="outside right upper", frameon=False, fontsize=8)
    return figure


def draw_gains(table: pd.DataFrame, metrics: dict) -> Figure:
    """Draw what denoising gains in accuracy over leaving alone, by level, a panel a kind."""
    figure, axes = plt.subplots(
        1, len(KINDS), figsize=(10, 3), dpi=110, sharey=True, layout="constrained"
    )
    colour = ARMS["denoised_clean_trained"][0]
    for axis, (kind, title) in zip(axes, KINDS.items(), strict=True):
        part = table[table["kind"] == kind].pivot(index="level", columns="arm", values="accuracy")
        gain = 100 * (part["denoised_clean_trained"] - part["clean_trained"])
        axis.axhline(0, color="#999999", linewidth=1)
        axis.plot(gain.index, gain, color=colour, marker=".")
        found = metrics if kind == "gaussian" else metrics["other_kinds"][kind]
        if found["break_even_found"]:
            ends = found["break_even_level_low"], found["break_even_level_high"]
            axis.axvspan(*ends, color=colour, alpha=0.2, linewidth=0)
            axis.axvline(found["break_even_level"], color=colour, linewidth=1, linestyle=":")
        axis.set(title=title, xlabel="level")
        axis.grid(alpha=0.2)
    axes[0].set_ylabel("accuracy gained by denoising\n(percentage points)")
    return figure


def draw_levels(table: pd.DataFrame) -> Figure:
    """Draw by how much each denoiser is behind or before the blind one, by level."""
    figure, axis = plt.subplots(figsize=(7, 3.8), dpi=110, layout="constrained")
    psnr = table.pivot(index="level", columns="denoiser", values="psnr").loc[0.05:]
    for denoiser, style in DENOISER_STYLES.items():
        ahead = (psnr[denoiser] - psnr["blind"]).dropna()
        axis.plot(ahead.index, ahead, label=denoiser, **style)
    axis.set(xlabel="level of the noise", ylabel="PSNR beyond the blind denoiser's, dB")
    axis.grid(alpha=0.2)
    figure.legend(loc="outside right upper", frameon=False, fontsize=8)
    return figure


def draw_all() -> dict[str, Figure]:
    """Return the figures of the page by the names of their files."""
    sweep = pd.read_csv(HERE / SOURCES["sweep"].path)
    levels = pd.read_csv(HERE / SOURCES["levels"].path)
    return {
        "study_accuracy": draw_accuracy(sweep),
        "study_gains": draw_gains(sweep, read_json(HERE / SOURCES["sweep.json"].path)),
        "study_levels": draw_levels(levels),
    }


def main() -> None:
    text = fill(WORDS.read_text("utf-8"))
    for name, figure in draw_all().items():
        write_figure(PLOTS / f"{name}.png", figure)
    with replacing(PAGE) as partial:
        partial.write_text(text, "utf-8")


if __name__ == "__main__":
    main()
