"""The parts that the Vega-Lite templates of `dvc plots` share."""

import json
from typing import Any

from denoising.plots.colours import INK, SERIES, Colour

VEGA_LITE = "6.4"
"""The version of Vega-Lite that the templates are written for."""

# DVC replaces these by a plot's data, and by its settings in dvc.yaml.
DATA, TITLE = "<DVC_METRIC_DATA>", "<DVC_METRIC_TITLE>"
X, X_LABEL = "<DVC_METRIC_X>", "<DVC_METRIC_X_LABEL>"
Y, Y_LABEL = "<DVC_METRIC_Y>", "<DVC_METRIC_Y_LABEL>"

Spec = dict[str, Any]
"""A part of a Vega-Lite specification."""

REVISION: Spec = {"field": "rev", "type": "nominal", "title": "revision", "sort": None}
DASHES: Spec = {"symbolType": "stroke", "symbolSize": 300, "symbolStrokeColor": INK.light}
DASHES |= {"symbolFillColor": "transparent"}  # otherwise Vega-Lite hides strokes beside points
REVISION_DASH = REVISION | {"legend": DASHES}
REVISION_COLOUR = REVISION | {"scale": {"range": [colour.light for colour in SERIES]}}


def vega_bundle() -> str:
    """Return Vega, Vega-Lite and Vega-Embed as one script, for a page that loads nothing."""
    import vl_convert  # here, as the templates need no script

    # The stub takes the optional snippet for required.
    return vl_convert.javascript_bundle(vl_version=VEGA_LITE)  # pyright: ignore[reportCallIssue]


def template(**parts: Any) -> Spec:
    """Return a template: a chart with a title and with DVC's data."""
    return {
        "$schema": f"https://vega.github.io/schema/vega-lite/v{VEGA_LITE[0]}.json",
        "data": {"values": DATA},
        "title": {"text": TITLE, "anchor": "start", "offset": 12},
        **parts,
    }


def panels(columns: int, facet: Spec, spec: Spec, **parts: Any) -> Spec:
    """Return a template that draws `spec` once for each value of the facet's field.

    They come in the order of the table, unless the facet has another.
    """
    header = {"labelFontWeight": "bold", **facet.pop("header", {})}
    order = {"sort": {"field": "row", "op": "min"}}
    facet = {"type": "nominal", "title": None, **order, **facet, "header": header}
    number = {"window": [{"op": "row_number", "as": "row"}]}
    transform = [number, *parts.pop("transform", [])]
    return template(columns=columns, facet=facet, spec=spec, transform=transform, **parts)


def look_up(names: dict[str, str], value: str) -> str:
    """Return a Vega expression for the shown name of a value; an unknown one is shown as it is."""
    return f"({json.dumps(names, ensure_ascii=False)})[{value}] || {value}"


def shown(field: str, names: dict[str, str], column: str) -> Spec:
    """Return a transform that puts the shown names of the values of `field` into `column`."""
    return {"calculate": look_up(names, f"datum.{field}"), "as": column}


def present(field: str) -> Spec:
    """Return a transform that drops the rows without a value in `field`."""
    return {"filter": f"isValid(datum['{field}']) && datum['{field}'] !== ''"}


TWO_LINES: Spec = {"labelExpr": "split(datum.value, '\\n')"}
"""The header of panels whose titles have lines."""


def by_revision(panel: str) -> list[Spec]:
    """Return transforms that put the title of a panel, an expression, into ``panel``.

    If there are several revisions, a second line names its own.
    """
    several = f"datum.revisions > 1 ? {panel} + '\\n' + datum.rev : {panel}"
    count = {"op": "distinct", "field": "rev", "as": "revisions"}
    return [{"joinaggregate": [count]}, {"calculate": several, "as": "panel"}]


def x(**parts: Any) -> Spec:
    return {"field": X, "type": "quantitative", "title": X_LABEL, **parts}


def y(**parts: Any) -> Spec:
    return {"field": Y, "type": "quantitative", "title": Y_LABEL, **parts}


def colour(field: str, title: str, table: dict[str, Colour], **parts: Any) -> Spec:
    """Return the colours of a field whose values are the keys of the table."""
    scale = {"domain": [*table], "range": [colour.light for colour in table.values()]}
    return {"field": field, "type": "nominal", "title": title, "scale": scale, **parts}
