"""Charts of accuracy and PSNR by noise level, one curve for each arm."""

from typing import NamedTuple

import altair as alt
import pandas as pd

from denoising.evaluation.arms import ARM_LABELS, FILTER_ARMS
from denoising.plots.arm_charts import IDENTICAL
from denoising.report.charts import (
    DASHED,
    HEIGHT,
    MUTED,
    SOLID,
    Chart,
    Entry,
    finish,
    layered,
    opacity,
)
from denoising.report.numbers import bracketed, percent, spread
from denoising.report.results import accuracy_of
from denoising.report.states import STATES

# The images that the arms classify. Arms that classify the same images share a curve of PSNR, which
# has the sign of the first of them.
IMAGES = {
    "noisy": ("noise_trained", "clean_trained"),
    "denoised": ("denoised_clean_trained", "denoised_trained"),
    "joint": ("joint",),
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
EXTENT = 42  # pixels for the labels of a vertical axis, so that all charts are aligned
NARROW = 480  # pixels; labels of a narrower axis are turned, so that each level has one


class Curve(NamedTuple):
    """A curve of a chart: the entry of its legend, and whether it is dashed."""

    entry: Entry
    dashed: bool


class Measure(NamedTuple):
    """A measure: its name, the title of its axis, and the format of that axis's labels."""

    name: str
    title: str
    format: str


class Trained(NamedTuple):
    """The noise used in training: a key of `KINDS` and a level."""

    kind: str
    level: float


ACCURACY = Measure("accuracy", "accuracy on test images", ".0%")
PSNR = Measure("PSNR", "PSNR (dB)", "")


def accuracy_by_level(sweep: pd.DataFrame, trained: Trained) -> Chart:
    """Return each arm's accuracy by level, with intervals, for one kind of noise at a time.

    `sweep` is the table `plots/sweep.csv`.
    """
    found = [accuracy_of(row) for row in sweep.to_dict("records")]
    rows = sweep.assign(
        name=[ARM_LABELS[arm] for arm in sweep["arm"]],
        value=sweep["accuracy"],
        text=[percent(one.value, 2) + bracketed(spread(one, 2)) for one in found],
    )
    rows = rows.rename(columns={"accuracy_low": "low", "accuracy_high": "high"})
    rows = rows.loc[:, ["kind", "level", "name", "value", "low", "high", "text", "n"]]
    curves = [
        _curve(sweep, label, f"var(--arm-{arm})", (arm,))
        for arm, label in ARM_LABELS.items()
        if arm in set(sweep["arm"])
    ]
    chart = _by_level(rows, curves, ACCURACY, sorted(set(sweep["level"])), trained)
    return Chart(finish(chart, "Accuracy of each arm by noise level"), _entries(curves))


def psnr_by_level(sweep: pd.DataFrame, trained: Trained) -> Chart:
    """Return the PSNR of noisy and denoised images by level; parameters as above."""
    images = {
        arms[0]: (STATES[name].label, f"var(--state-{name})", arms) for name, arms in IMAGES.items()
    } | {name: (arm.label, f"var(--arm-{name})", (name,)) for name, arm in FILTER_ARMS.items()}
    rows = sweep.loc[sweep["arm"].isin(list(images)) & (sweep["psnr"] < IDENTICAL)]
    curves = [_curve(rows, *images[arm]) for arm in images if arm in set(rows["arm"])]
    rows = rows.assign(
        name=[images[arm][0] for arm in rows["arm"]],
        value=rows["psnr"],
        text=[f"{value:.2f} dB" for value in rows["psnr"]],
    ).loc[:, ["kind", "level", "name", "value", "text", "n"]]
    chart = _by_level(rows, curves, PSNR, sorted(set(sweep["level"])), trained)
    description = "PSNR of noisy and denoised images by noise level"
    return Chart(finish(chart, description), _entries(curves))


def _curve(sweep: pd.DataFrame, label: str, colour: str, arms: tuple[str, ...]) -> Curve:
    """Return the curve of some arms; the sign of an arm is the same in every chart."""
    signs = dict(zip(ARM_LABELS, SHAPES.values(), strict=True))
    kinds = tuple(sweep.loc[sweep["arm"] == arms[0], "kind"].unique())
    return Curve(Entry(label, colour, signs[arms[0]], arms, kinds), arms[0] in FILTER_ARMS)


def _entries(curves: list[Curve]) -> list[Entry]:
    return [one.entry for one in curves]


def _by_level(
    rows: pd.DataFrame,
    curves: list[Curve],
    measure: Measure,
    levels: list[float],
    trained: Trained,
) -> alt.LayerChart:
    """Return lines and points by level for the chosen kind of noise.

    Parameters
    ----------
    rows : ``kind``, ``level``, ``name``, ``value``, ``text``, ``n``, and the interval's ``low``
        and ``high`` if it is drawn.
    levels : of the sweep, ascending; the same in every chart, so that their axes are.
    """
    entries = _entries(curves)
    names = [entry.label for entry in entries]
    shape_of = {sign: shape for shape, sign in SHAPES.items()}
    colours = alt.Scale(domain=names, range=[entry.colour for entry in entries])
    shapes = alt.Scale(domain=names, range=[shape_of[entry.sign] for entry in entries])
    dashes = alt.Scale(domain=names, range=[DASHED if one.dashed else SOLID for one in curves])
    drawn = alt.Chart(rows).transform_filter("datum.kind == kind")
    drawn = drawn.encode(
        x=_level_axis(levels),
        color=alt.Color("name:N", scale=colours, legend=None),
        opacity=opacity(1, 0.12),
        tooltip=[
            alt.Tooltip("name:N", title="arm"),
            alt.Tooltip("level:Q", title="level"),
            alt.Tooltip("text:N", title=measure.name),
            alt.Tooltip("n:Q", title="test images"),
        ],
    )
    axis = alt.Axis(format=measure.format, minExtent=EXTENT, maxExtent=EXTENT)
    y = alt.Y("value:Q", title=measure.title, axis=axis, scale=alt.Scale(zero=False))
    dash = alt.StrokeDash("name:N", scale=dashes, legend=None)
    shape = alt.Shape("name:N", scale=shapes, legend=None)
    layers = [
        *_training_level(trained, levels),
        drawn.mark_line(strokeWidth=2.5).encode(y=y, strokeDash=dash),
        drawn.mark_point(size=55, filled=True).encode(y=y, shape=shape),
        # Invisible points, large enough for a finger.
        drawn.mark_point(size=500, filled=True, fillOpacity=0, strokeOpacity=0).encode(y=y),
    ]
    if "low" in rows:
        band = drawn.mark_area().encode(y=alt.Y("low:Q", title=measure.title), y2="high:Q")
        layers.insert(1, band.encode(opacity=opacity(0.14, 0.02), tooltip=alt.value(None)))
    return layered(layers, alt.param(name="kind", value=trained.kind))


def _level_axis(levels: list[float]) -> alt.X:
    axis = alt.Axis(
        values=levels,
        format="~g",
        labelAngle=alt.ExprRef(f"width < {NARROW} ? -90 : 0"),
        labelAlign=alt.ExprRef(f"width < {NARROW} ? 'right' : 'center'"),
        labelBaseline=alt.ExprRef(f"width < {NARROW} ? 'middle' : 'top'"),
        labelOverlap="greedy",
    )
    scale = alt.Scale(domain=[levels[0], levels[-1]], nice=False, zero=False)
    return alt.X("level:Q", title="noise level", axis=axis, scale=scale)


def _training_level(trained: Trained, levels: list[float]) -> list[alt.Chart]:
    """Return a labelled vertical line at the level used in training, for that kind of noise."""
    left = trained.level <= (levels[0] + levels[-1]) / 2
    shown = alt.condition(f"kind == '{trained.kind}'", alt.value(1), alt.value(0))
    at = alt.Chart(pd.DataFrame({"level": [trained.level]})).encode(
        x=_level_axis(levels), opacity=shown
    )
    label = at.mark_text(
        align="left" if left else "right",
        baseline="bottom",
        dx=6 if left else -6,
        dy=-4,
        fontSize=12,
        text="training level",
        fill=MUTED,
    )
    return [
        at.mark_rule(strokeDash=[2, 4], stroke=MUTED),
        label.encode(y=alt.value(HEIGHT)),
    ]
