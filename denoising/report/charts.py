"""The curves that a reader can point at, as Vega-Lite specifications made by Altair.

Colours are the page's CSS variables, so that the curves follow light and dark with everything else.
Every chart has a name: Altair would number those without, differently from build to build.
"""

from typing import NamedTuple

import altair as alt
import numpy as np
import pandas as pd

from denoising.report.names import ARMS, CLASSICAL, KINDS, NETWORKS, percent, spread

LABELS = {name: arm.label for name, arm in ARMS.items()} | CLASSICAL
# What the images that an arm judges by are called; two arms judge by the autoencoder's.
RESTORERS = {
    "clean_trained": "left as they are",
    "denoised_clean_trained": "autoencoder",
    "joint": "joint network",
    **CLASSICAL,
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
SOLID, DASHED = [1, 0], [5, 3]
EQUAL = 99.0  # dB; equal images have 100, which would flatten the curves
MOST_POINTS = 400
HEIGHT = 340
QUIET = "var(--muted)"


class Entry(NamedTuple):
    """A line of a legend: what it stands for, its colour, its sign."""

    label: str
    colour: str
    sign: str


class Chart(NamedTuple):
    """A Vega-Lite specification, and the legend, which the page writes itself.

    The parameter ``lit`` of the specification is the label whose curve is lit, or empty.
    """

    specification: dict
    legend: list[Entry]


def accuracy_by_level(table: pd.DataFrame, kinds: list[str], level: float) -> Chart:
    """Return the accuracy of every arm by level with its intervals; the kind can be chosen.

    `table` is that of the sweep, the first of `kinds` and `level` are what was trained on.
    """
    rows = table.assign(
        name=table["arm"].map(LABELS),
        value=table["accuracy"],
        text=[
            f"{percent(row['accuracy'], 2)} ({spread(row, 'accuracy', 2)})" for row in _rows(table)
        ],
    )
    rows = rows.rename(columns={"accuracy_low": "low", "accuracy_high": "high"})
    rows = rows[["kind", "level", "name", "value", "low", "high", "text", "n"]]
    labels = {arm: LABELS[arm] for arm in LABELS if arm in set(table["arm"])}
    title = "accuracy on test images"
    chart = _by_level(rows, kinds, level, labels, title, ".0%", "accuracy")
    return Chart(_finish(chart, "Accuracy of every arm by level of the noise"), _legend(labels))


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
    return Chart(_finish(chart, description), _legend(labels))


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
        alt.StrokeDash: [DASHED if arm in CLASSICAL else SOLID for arm in labels],
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
        opacity=_where_lit(1, 0.12),
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
        layers.insert(1, area.encode(opacity=_where_lit(0.14, 0.02), tooltip=alt.value(None)))
    labels_of_kinds = [KINDS[one].label for one in kinds]
    return _layered(layers, _choice(kind, kinds, labels_of_kinds, "Kind of noise"))


def _layered(layers: list[alt.Chart], *parameters: alt.Parameter) -> alt.LayerChart:
    """Lay charts over one another, with names, and with the parameter that lights one of them."""
    named = [one.properties(name=f"layer_{place}") for place, one in enumerate(layers)]
    return alt.layer(*named).add_params(alt.param(name="lit", value=""), *parameters)


def _where_lit(lit: float, dark: float) -> alt.Opacity:
    """Return the opacity of a curve that is lit, or when none is, and that of the others."""
    return alt.condition("lit == '' || datum.name == lit", alt.value(lit), alt.value(dark))


def _choice(name: str, values: list[str], labels: list[str], title: str) -> alt.Parameter:
    """Return a parameter that the reader picks among values, the first one at the start.

    Of one value there is nothing to pick.
    """
    if len(values) == 1:
        return alt.param(name=name, value=values[0])
    buttons = alt.binding_radio(options=values, labels=labels, name=title)
    return alt.param(name=name, value=values[0], bind=buttons)


def roc(table: pd.DataFrame) -> Chart:
    """Return the ROC curve of the detector, thinned to some hundred points."""
    places = np.unique(np.linspace(0, len(table) - 1, MOST_POINTS).round().astype(int))
    rows = table.iloc[places][["false_positive_rate", "true_positive_rate", "threshold"]]
    x = alt.X("false_positive_rate:Q", title="false positive rate", axis=alt.Axis(format=".0%"))
    y = alt.Y("true_positive_rate:Q", title="true positive rate", axis=alt.Axis(format=".0%"))
    chance = pd.DataFrame({"false_positive_rate": [0, 1], "true_positive_rate": [0, 1]})
    curve = alt.Chart(rows).encode(
        x=x,
        y=y,
        tooltip=[
            alt.Tooltip("threshold:Q", format=".3g"),
            alt.Tooltip("false_positive_rate:Q", title="false positives", format=".1%"),
            alt.Tooltip("true_positive_rate:Q", title="true positives", format=".1%"),
        ],
    )
    diagonal = alt.Chart(chance).mark_line(strokeDash=[2, 4], stroke=QUIET, strokeWidth=1.5)
    layers = [
        diagonal.encode(x=x, y=y),
        curve.mark_line(stroke="var(--accent)", strokeWidth=2.5),
        curve.mark_point(size=300, fillOpacity=0, strokeOpacity=0, filled=True),
    ]
    return Chart(_finish(_layered(layers), "ROC curve of the traffic-sign detector"), [])


def training(histories: dict[str, pd.DataFrame]) -> Chart:
    """Return the losses of each network by epoch; the network can be chosen."""
    titles = {"loss": "training", "val_loss": "validation"}
    rows = pd.concat(
        history[["epoch", *titles]].melt("epoch").assign(network=network)
        for network, history in histories.items()
    )
    rows["name"] = rows.pop("variable").map(titles)
    legend = [Entry("training", "var(--arm-1)", "●"), Entry("validation", "var(--arm-3)", "■")]
    color, shape, dash = (
        channel("name:N", scale=alt.Scale(domain=list(titles.values()), range=values), legend=None)
        for channel, values in (
            (alt.Color, [entry.colour for entry in legend]),
            (alt.Shape, ["circle", "square"]),
            (alt.StrokeDash, [DASHED, SOLID]),
        )
    )
    base = (
        alt.Chart(rows)
        .transform_filter("datum.network == network")
        .encode(
            x=alt.X("epoch:Q", axis=alt.Axis(tickMinStep=1), scale=alt.Scale(zero=False)),
            y=alt.Y("value:Q", title="loss", scale=alt.Scale(type="log", nice=False, padding=10)),
            color=color,
            opacity=_where_lit(1, 0.12),
            tooltip=[
                alt.Tooltip("name:N", title="images"),
                alt.Tooltip("epoch:Q"),
                alt.Tooltip("value:Q", title="loss", format=".4g"),
            ],
        )
    )
    layers = [
        base.mark_line(strokeWidth=2.5).encode(strokeDash=dash),
        base.mark_point(size=50, filled=True).encode(shape=shape),
    ]
    names = [NETWORKS[one] for one in histories]
    chart = _layered(layers, _choice("network", list(histories), names, "Network"))
    description = "Loss of each network on training and validation images, by epoch"
    return Chart(_finish(chart, description), legend)


def _rows(table: pd.DataFrame) -> list[dict]:
    return table.to_dict("records")


def _finish(chart: alt.LayerChart, description: str) -> dict:
    """Return a chart as a specification: as wide as the page, described, coloured by its CSS."""
    axis = {
        "labelColor": QUIET,
        "titleColor": "var(--ink)",
        "gridColor": "var(--line)",
        "domainColor": "var(--line)",
        "tickColor": "var(--line)",
        "labelFontSize": 12,
        "titleFontSize": 13,
        "titleFontWeight": "normal",
        "titlePadding": 10,
    }
    chart = (
        chart.properties(width="container", height=HEIGHT, description=description)
        .properties(autosize=alt.AutoSizeParams(type="fit-x", contains="padding"))
        .configure(background="transparent", font="system-ui, sans-serif")
        .configure_axis(**axis)
        .configure_axisX(grid=False, labelFlush=False)
        .configure_view(stroke=None)
    )
    return chart.to_dict()
