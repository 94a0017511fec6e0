"""Charts of accuracy and PSNR by noise level, one curve for each arm."""

from typing import NamedTuple

import altair as alt
import pandas as pd

from denoising.evaluation.arms import ARMS, FILTER_ARMS
from denoising.noise.kinds import KINDS
from denoising.report.charts import (
    DASHED,
    MUTED,
    SOLID,
    Chart,
    Entry,
    choice,
    finish,
    layered,
    opacity,
)
from denoising.report.colours import css_colour
from denoising.report.numbers import percent, spread
from denoising.report.states import STATES

LABELS = {name: arm.label for name, arm in (ARMS | FILTER_ARMS).items()}
# The images that the arms classify; denoised_clean_trained and denoised_trained share theirs.
IMAGES = {state.arm: state.label for state in STATES.values()} | {
    name: arm.label for name, arm in FILTER_ARMS.items()
}
STAR = "M0,-1L.22,-.31L.95,-.31L.36,.12L.59,.81L0,.38L-.59,.81L-.36,.12L-.95,-.31L-.22,-.31Z"
# Vega's shapes for the points of a curve, and the characters for them in the legend.
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
IDENTICAL = 99.0  # dB; identical images have 100, which would flatten the curves


class Measure(NamedTuple):
    """A measure and how it is drawn.

    Attributes
    ----------
    name : shown in tooltips.
    title : of the vertical axis.
    format : of that axis's labels, in D3's notation.
    kind : name of the Vega parameter for the chosen kind of noise, different in each chart.
    """

    name: str
    title: str
    format: str
    kind: str


ACCURACY = Measure("accuracy", "accuracy on test images", ".0%", "accuracy_kind")
PSNR = Measure("PSNR", "PSNR (dB)", "", "psnr_kind")


def accuracy_by_level(sweep: pd.DataFrame, kinds: list[str], level: float) -> Chart:
    """Return each arm's accuracy by level, with intervals; the reader chooses the kind of noise.

    Parameters
    ----------
    sweep : the table `plots/sweep.csv`.
    kinds : keys of `KINDS`, the one used in training first.
    level : used in training.
    """
    rows = sweep.assign(
        name=[LABELS[arm] for arm in sweep["arm"]],
        value=sweep["accuracy"],
        text=[
            f"{percent(row['accuracy'], 2)} ({spread(row, 'accuracy', 2)})"
            for row in sweep.to_dict("records")
        ],
    )
    rows = rows.rename(columns={"accuracy_low": "low", "accuracy_high": "high"})
    rows = rows.loc[:, ["kind", "level", "name", "value", "low", "high", "text", "n"]]
    labels = {arm: LABELS[arm] for arm in LABELS if arm in set(sweep["arm"])}
    chart = _by_level(rows, ACCURACY, labels, kinds, level)
    return Chart(finish(chart, "Accuracy of each arm by noise level"), _legend(labels))


def psnr_by_level(sweep: pd.DataFrame, kinds: list[str], level: float) -> Chart:
    """Return the PSNR of noisy and denoised images by level; parameters as above."""
    rows = sweep.loc[sweep["arm"].isin(list(IMAGES)) & (sweep["psnr"] < IDENTICAL)]
    rows = rows.assign(
        name=[IMAGES[arm] for arm in rows["arm"]],
        value=rows["psnr"],
        text=[f"{value:.2f} dB" for value in rows["psnr"]],
    ).loc[:, ["kind", "level", "name", "value", "text", "n"]]
    labels = {arm: IMAGES[arm] for arm in IMAGES if arm in set(sweep["arm"])}
    chart = _by_level(rows, PSNR, labels, kinds, level)
    return Chart(finish(chart, "PSNR of noisy and denoised images by noise level"), _legend(labels))


def _legend(labels: dict[str, str]) -> list[Entry]:
    """Return an entry for each arm; its sign is the same in every chart."""
    signs = dict(zip(LABELS, SHAPES.values(), strict=True))
    return [Entry(label, css_colour(arm), signs[arm]) for arm, label in labels.items()]


def _by_level(
    rows: pd.DataFrame, measure: Measure, labels: dict[str, str], kinds: list[str], level: float
) -> alt.LayerChart:
    """Return lines and points by level for the chosen kind of noise.

    Parameters
    ----------
    rows : ``kind``, ``level``, ``name``, ``value``, ``text``, ``n``, and the interval's ``low``
        and ``high`` if it is drawn.
    labels : shown name of each arm.
    """
    names, legend = list(labels.values()), _legend(labels)
    shape_of = {sign: shape for shape, sign in SHAPES.items()}
    colours = alt.Scale(domain=names, range=[entry.colour for entry in legend])
    shapes = alt.Scale(domain=names, range=[shape_of[entry.sign] for entry in legend])
    dashes = alt.Scale(domain=names, range=[DASHED if a in FILTER_ARMS else SOLID for a in labels])
    axis = alt.Axis(values=sorted(set(rows["level"])), format="~g")
    curves = alt.Chart(rows).transform_filter(f"datum.kind == {measure.kind}")
    curves = curves.encode(
        x=alt.X("level:Q", title="noise level", axis=axis),
        color=alt.Color("name:N", scale=colours, legend=None),
        opacity=opacity(1, 0.12),
        tooltip=[
            alt.Tooltip("name:N", title="arm"),
            alt.Tooltip("level:Q", title="level"),
            alt.Tooltip("text:N", title=measure.name),
            alt.Tooltip("n:Q", title="test images"),
        ],
    )
    axis = alt.Axis(format=measure.format)
    y = alt.Y("value:Q", title=measure.title, axis=axis, scale=alt.Scale(zero=False))
    dash = alt.StrokeDash("name:N", scale=dashes, legend=None)
    shape = alt.Shape("name:N", scale=shapes, legend=None)
    layers = [
        _training_level(level, f"{measure.kind} == '{kinds[0]}'"),
        curves.mark_line(strokeWidth=2.5).encode(y=y, strokeDash=dash),
        curves.mark_point(size=55, filled=True).encode(y=y, shape=shape),
        # Invisible points, large enough for a finger.
        curves.mark_point(size=500, filled=True, fillOpacity=0, strokeOpacity=0).encode(y=y),
    ]
    if "low" in rows:
        band = curves.mark_area().encode(y=alt.Y("low:Q", title=measure.title), y2="high:Q")
        layers.insert(1, band.encode(opacity=opacity(0.14, 0.02), tooltip=alt.value(None)))
    kind_labels = [KINDS[kind].label for kind in kinds]
    return layered(layers, choice(measure.kind, kinds, kind_labels, "Kind of noise"))


def _training_level(level: float, shown: str) -> alt.Chart:
    """Return a vertical line at the level used in training, visible while `shown` holds."""
    line = alt.Chart(pd.DataFrame({"level": [level]})).mark_rule(strokeDash=[2, 4], stroke=MUTED)
    return line.encode(x="level:Q", opacity=alt.condition(shown, alt.value(1), alt.value(0)))
