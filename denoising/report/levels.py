"""The curves by level of the noise: accuracy and PSNR, an arm each, of the kind that is chosen."""

import altair as alt
import pandas as pd

from denoising.evaluation.arms import ARMS, FILTER_ARMS
from denoising.noise.kinds import KINDS
from denoising.report.charts import (
    DASHED,
    QUIET,
    SOLID,
    Chart,
    Entry,
    choice,
    finish,
    layered,
    where_lit,
)
from denoising.report.numbers import percent, spread

LABELS = {name: arm.label for name, arm in (ARMS | FILTER_ARMS).items()}
# What the images that an arm judges by are called; two arms judge by the autoencoder's.
RESTORERS = {
    "clean_trained": "left as they are",
    "denoised_clean_trained": "autoencoder",
    "joint": "joint network",
    **{name: arm.label for name, arm in FILTER_ARMS.items()},
}
STAR = "M0,-1L.22,-.31L.95,-.31L.36,.12L.59,.81L0,.38L-.59,.81L-.36,.12L-.95,-.31L-.22,-.31Z"
# A curve's points, and the sign that stands for them beside the chart.
SHAPES = {
    "circle": "●",
    "square": "■",
    "diamond": "◆",
    "triangle-up": "▲",
    "cross": "✚",
    "triangle-down": "▼",
    "triangle-left": "◀",
    "triangle-right": "▶",
    STAR: "★",
}
EQUAL = 99.0  # dB; equal images have 100, which would flatten the curves


def accuracy_by_level(table: pd.DataFrame, kinds: list[str], level: float) -> Chart:
    """Return the accuracy of every arm by level with its intervals; the kind can be chosen.

    `table` is that of the sweep, the first of `kinds` and `level` are what was trained on.
    """
    rows = table.assign(
        name=table["arm"].map(LABELS),
        value=table["accuracy"],
        text=[
            f"{percent(row['accuracy'], 2)} ({spread(row, 'accuracy', 2)})"
            for row in table.to_dict("records")
        ],
    )
    rows = rows.rename(columns={"accuracy_low": "low", "accuracy_high": "high"})
    rows = rows[["kind", "level", "name", "value", "low", "high", "text", "n"]]
    labels = {arm: LABELS[arm] for arm in LABELS if arm in set(table["arm"])}
    title = "accuracy on test images"
    chart = _by_level(rows, kinds, level, labels, title, ".0%", "accuracy")
    return Chart(finish(chart, "Accuracy of every arm by level of the noise"), _legend(labels))


def psnr_by_level(table: pd.DataFrame, kinds: list[str], level: float) -> Chart:
    """Return how near the images are to the clean ones by level; the kind can be chosen."""
    rows = table[table["arm"].isin(RESTORERS) & (table["psnr"] < EQUAL)]
    rows = rows.assign(
        name=rows["arm"].map(RESTORERS),
        value=rows["psnr"],
        text=[f"{value:.2f} dB" for value in rows["psnr"]],
    )[["kind", "level", "name", "value", "text", "n"]]
    labels = {arm: RESTORERS[arm] for arm in RESTORERS if arm in set(table["arm"])}
    chart = _by_level(rows, kinds, level, labels, "PSNR (dB; higher is nearer)", "", "psnr")
    description = "PSNR of the images that each arm judges by, by level of the noise"
    return Chart(finish(chart, description), _legend(labels))


def _legend(labels: dict[str, str]) -> list[Entry]:
    return [
        Entry(label, f"var(--arm-{place})", list(SHAPES.values())[place])
        for arm, label in labels.items()
        for place in [list(LABELS).index(arm)]
    ]


def _by_level(
    rows: pd.DataFrame,
    kinds: list[str],
    level: float,
    labels: dict[str, str],
    title: str,
    style: str,
    name: str,
) -> alt.LayerChart:
    """Return lines and points by level, a colour and a shape an arm, of the kind that is chosen.

    `name` is that of the group of buttons that choose it: two charts have two.
    """
    kind = f"{name}_kind"
    names, legend = list(labels.values()), _legend(labels)
    shapes = {sign: shape for shape, sign in SHAPES.items()}
    ranges = {
        alt.Color: [entry.colour for entry in legend],
        alt.Shape: [shapes[entry.sign] for entry in legend],
        alt.StrokeDash: [DASHED if arm in FILTER_ARMS else SOLID for arm in labels],
    }
    color, shape, dash = (
        channel("name:N", scale=alt.Scale(domain=names, range=values), legend=None)
        for channel, values in ranges.items()
    )
    levels = sorted(set(rows["level"]))
    shown = alt.Chart(rows).transform_filter(f"datum.kind == {kind}")
    shown = shown.encode(
        x=alt.X("level:Q", title="level of the noise", axis=alt.Axis(values=levels, format="~g")),
        color=color,
        opacity=where_lit(1, 0.12),
        tooltip=[
            alt.Tooltip("name:N", title="arm"),
            alt.Tooltip("level:Q", title="level"),
            alt.Tooltip("text:N", title=title.partition(" ")[0]),
            alt.Tooltip("n:Q", title="test images"),
        ],
    )
    y = alt.Y("value:Q", title=title, axis=alt.Axis(format=style), scale=alt.Scale(zero=False))
    of_trained = alt.condition(f"{kind} == '{kinds[0]}'", alt.value(1), alt.value(0))
    trained = alt.Chart(pd.DataFrame({"level": [level]})).encode(x="level:Q", opacity=of_trained)
    layers = [
        trained.mark_rule(strokeDash=[2, 4], stroke=QUIET),
        shown.mark_line(strokeWidth=2.5).encode(y=y, strokeDash=dash),
        shown.mark_point(size=55, filled=True).encode(y=y, shape=shape),
        # What a finger can hit, too.
        shown.mark_point(size=500, filled=True, fillOpacity=0, strokeOpacity=0).encode(y=y),
    ]
    if "low" in rows:
        area = shown.mark_area().encode(y=alt.Y("low:Q", title=title), y2="high:Q")
        layers.insert(1, area.encode(opacity=where_lit(0.14, 0.02), tooltip=alt.value(None)))
    labels_of_kinds = [KINDS[one].label for one in kinds]
    return layered(layers, choice(kind, kinds, labels_of_kinds, "Kind of noise"))
