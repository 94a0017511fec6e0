"""Charts that a reader can point at, as Vega-Lite specifications made by Altair.

Colours are the page's CSS variables, so that the curves follow light and dark with everything else.
"""

from typing import NamedTuple

import altair as alt
import numpy as np
import pandas as pd

from denoising.evaluation.arms import NETWORKS

SOLID, DASHED = [1, 0], [5, 3]
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


def layered(layers: list[alt.Chart], *parameters: alt.Parameter) -> alt.LayerChart:
    """Lay charts over one another, with the parameter that lights one of their curves."""
    return alt.layer(*layers).add_params(alt.param(name="lit", value=""), *parameters)


def where_lit(lit: float, dark: float) -> alt.Opacity:
    """Return the opacity of a curve that is lit, or when none is, and that of the others."""
    return alt.condition("lit == '' || datum.name == lit", alt.value(lit), alt.value(dark))


def choice(name: str, values: list[str], labels: list[str], title: str) -> alt.Parameter:
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
    texts = [f"{value:.3g}" if np.isfinite(value) else "none" for value in rows["threshold"]]
    rows = rows.assign(threshold=texts)
    x = alt.X("false_positive_rate:Q", title="false positive rate", axis=alt.Axis(format=".0%"))
    y = alt.Y("true_positive_rate:Q", title="true positive rate", axis=alt.Axis(format=".0%"))
    chance = pd.DataFrame({"false_positive_rate": [0, 1], "true_positive_rate": [0, 1]})
    curve = alt.Chart(rows).encode(
        x=x,
        y=y,
        tooltip=[
            alt.Tooltip("threshold:N"),
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
    return Chart(finish(layered(layers), "ROC curve of the traffic-sign detector"), [])


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
            opacity=where_lit(1, 0.12),
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
    chart = layered(layers, choice("network", list(histories), names, "Network"))
    description = "Loss of each network on training and validation images, by epoch"
    return Chart(finish(chart, description), legend)


def finish(chart: alt.LayerChart, description: str) -> dict:
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
    with alt.data_transformers.disable_max_rows():
        return chart.to_dict()
