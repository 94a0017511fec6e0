"""Interactive charts as Vega-Lite specifications, made with Altair.

Their colours are the page's CSS variables, so that they follow light and dark mode.
"""

from typing import Any, NamedTuple

import altair as alt
import numpy as np
import pandas as pd

from denoising.evaluation.arms import NETWORKS

SOLID, DASHED = [1, 0], [5, 3]
MOST_POINTS = 400
HEIGHT = 340
MUTED = "var(--muted)"


class Entry(NamedTuple):
    """An entry of a legend.

    Attributes
    ----------
    label : name of the curve.
    colour : in CSS.
    sign : the character for its points.
    keys : of the curve, such as its arms; curves with a key in common are highlighted together.
    kinds : of noise that have the curve; empty if the chart does not depend on the kind.
    """

    label: str
    colour: str
    sign: str
    keys: tuple[str, ...]
    kinds: tuple[str, ...] = ()


class Chart(NamedTuple):
    """A chart and its legend, which the page draws itself.

    Attributes
    ----------
    specification : in Vega-Lite; its parameter ``highlighted`` is a list of labels of curves.
    legend : an entry for each curve; empty for a single curve.
    """

    specification: dict
    legend: list[Entry]


def layered(layers: list[alt.Chart], *parameters: alt.Parameter) -> alt.LayerChart:
    """Overlay charts, with the parameter that highlights curves."""
    highlighted = alt.param(name="highlighted", value=[])
    return alt.LayerChart(layer=layers).add_params(highlighted, *parameters)


def opacity(normal: float, faded: float) -> Any:
    """Return an opacity that fades all curves but the highlighted ones, if there are any."""
    test = "length(highlighted) == 0 || indexof(highlighted, datum.name) >= 0"
    return alt.condition(test, alt.value(normal), alt.value(faded))


def choice(name: str, values: list[str], labels: list[str], title: str) -> alt.Parameter:
    """Return a parameter set by radio buttons, with the first value at the start.

    A single value has no buttons.
    """
    if len(values) == 1:
        return alt.param(name=name, value=values[0])
    buttons = alt.binding_radio(options=values, labels=labels, name=title)
    return alt.param(name=name, value=values[0], bind=buttons)


def roc(table: pd.DataFrame) -> Chart:
    """Return the detector's ROC curve, thinned to at most `MOST_POINTS` points."""
    places = np.unique(np.linspace(0, len(table) - 1, MOST_POINTS).round().astype(int))
    rows = table.iloc[places][["false_positive_rate", "true_positive_rate", "threshold"]]
    rows = rows.assign(threshold=_thresholds(rows["threshold"].tolist()))
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
    diagonal = alt.Chart(chance).mark_line(strokeDash=[2, 4], stroke=MUTED, strokeWidth=1.5)
    layers = [
        diagonal.encode(x=x, y=y),
        curve.mark_line(stroke="var(--accent)", strokeWidth=2.5),
        curve.mark_point(size=300, fillOpacity=0, strokeOpacity=0, filled=True),
    ]
    return Chart(finish(layered(layers), "ROC curve of the traffic-sign detector"), [])


def _thresholds(values: list[float]) -> list[str]:
    """Return the thresholds of a ROC curve as text; the table leaves infinite ones empty.

    At the first nothing is detected, at the last everything. Any other infinite one is the highest
    output of the detector.
    """
    texts = [f"{value:.3g}" if np.isfinite(value) else "highest output" for value in values]
    if not np.isfinite(values[-1]):
        texts[-1] = "lowest output"
    if not np.isfinite(values[0]):
        texts[0] = "none"
    return texts


def training(histories: dict[str, pd.DataFrame]) -> Chart:
    """Return each network's losses by epoch; the reader chooses the network."""
    titles = {"loss": "training", "val_loss": "validation"}
    legend = [
        Entry("training", "var(--training)", "●", ("training",)),
        Entry("validation", "var(--validation)", "■", ("validation",)),
    ]
    rows = pd.concat(
        history[["epoch", *titles]].melt("epoch").assign(network=network)
        for network, history in histories.items()
    )
    rows["name"] = [titles[one] for one in rows.pop("variable")]
    names, colours = [entry.label for entry in legend], [entry.colour for entry in legend]
    base = (
        alt.Chart(rows)
        .transform_filter("datum.network == network")
        .encode(
            x=alt.X("epoch:Q", axis=alt.Axis(tickMinStep=1), scale=alt.Scale(zero=False)),
            y=alt.Y("value:Q", title="loss", scale=alt.Scale(type="log", nice=False, padding=10)),
            color=alt.Color("name:N", scale=alt.Scale(domain=names, range=colours), legend=None),
            opacity=opacity(1, 0.12),
            tooltip=[
                alt.Tooltip("name:N", title="images"),
                alt.Tooltip("epoch:Q"),
                alt.Tooltip("value:Q", title="loss", format=".4g"),
            ],
        )
    )
    dashes = alt.Scale(domain=names, range=[DASHED, SOLID])
    shapes = alt.Scale(domain=names, range=["circle", "square"])
    layers = [
        base.mark_line(strokeWidth=2.5).encode(
            strokeDash=alt.StrokeDash("name:N", scale=dashes, legend=None)
        ),
        base.mark_point(size=50, filled=True).encode(
            shape=alt.Shape("name:N", scale=shapes, legend=None)
        ),
    ]
    networks = choice("network", list(histories), [NETWORKS[one] for one in histories], "Network")
    description = "Training and validation loss of each network by epoch"
    return Chart(finish(layered(layers, networks), description), legend)


def finish(chart: alt.LayerChart, description: str) -> dict:
    """Return a chart as a specification: page-wide, described, in the page's colours."""
    axis = {
        "labelColor": MUTED,
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
