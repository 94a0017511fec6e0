"""Templates of `dvc plots` that count images: distributions, confusion, ROC; training curves."""

import json

from denoising.evaluation.arms import ARMS
from denoising.evaluation.roc import MACRO
from denoising.plots.colours import CARD, CELL, CURVES, INK, LINE, SERIES, STATES
from denoising.plots.vega import (
    REVISION_DASH,
    TWO_LINES,
    X_LABEL,
    Y_LABEL,
    Spec,
    X,
    Y,
    by_revision,
    colour,
    look_up,
    panels,
    template,
    x,
    y,
)

IMAGES = {name: STATES[name] for name in ("clean", "noisy", "denoised")}
"""The states of images that the classifiers of plots/class_roc see."""
CLASSIFIERS = {
    "clean_trained": ARMS["clean_trained"].label,
    "denoised_clean_trained": ARMS["clean_trained"].label,
    "noise_trained": ARMS["noise_trained"].label,
}
"""The classifier of an arm that plots/class_roc measures."""
MATRICES = (
    *(f"{ARMS['clean_trained'].label} on {images} images" for images in IMAGES),
    *(f"{ARMS['noise_trained'].label} on {images} images" for images in ("clean", "noisy")),
    f"{ARMS['joint'].label} on noisy images",
)
"""The confusion matrices, as the column ``arm`` of plots/confusion names them."""
DARK_CELL = 55  # percent; a number on a darker cell is light


def distribution() -> Spec:
    """Histograms of a score, noisy and denoised, in a panel for each revision."""
    images = {name: STATES[name] for name in ("noisy", "denoised")}
    return panels(
        3,
        {"field": "panel", "header": {**TWO_LINES}},
        {
            "width": 320,
            "height": 220,
            "mark": {
                "type": "area",
                "interpolate": "step",
                "fillOpacity": 0.25,
                "line": {"interpolate": "step"},
                "tooltip": True,
            },
            "encoding": {
                "x": x(scale={"zero": False}),
                "y": y(stack=None),
                "color": colour("images", "images", images),
            },
        },
        transform=by_revision("''"),
        usermeta={"panels": "rev"},
    )


def confusion() -> Spec:
    """A confusion matrix for each arm and revision, all of them or those of one arm."""
    every = "all"
    choice = {"input": "select", "options": [every, *MATRICES], "name": "Matrix "}
    cell = {
        "x": {**_class(X), "axis": {"labelAngle": -45}, "title": X_LABEL},
        "y": {**_class(Y), "title": Y_LABEL},
    }
    share = {
        "field": "percent",
        "type": "quantitative",
        "title": "% of the class",
        "scale": {
            "domain": [0, 100],
            "range": [CARD.light, CELL.light],
            "interpolate": "rgb",
        },
    }
    columns = {Y: Y_LABEL, X: X_LABEL, "images": "images", "percent": "% of the class"}
    details = [{"field": field, "title": title} for field, title in columns.items()]
    number = {
        "text": {"field": "percent", "type": "quantitative", "format": ".0f"},
        "color": {
            "condition": {"test": f"datum.percent > {DARK_CELL}", "value": CARD.light},
            "value": INK.light,
        },
    }
    return panels(
        3,
        {"field": "panel", "sort": {"field": "order", "op": "min"}, "header": {**TWO_LINES}},
        {
            "width": 270,
            "height": 270,
            "encoding": cell,
            "layer": [
                {
                    "mark": {"type": "rect"},
                    "encoding": {"color": share, "tooltip": details},
                },
                {
                    "transform": [{"filter": "datum.percent >= 0.5"}],
                    "mark": {"type": "text", "fontSize": 9},
                    "encoding": number,
                },
            ],
        },
        params=[{"name": "matrix", "value": every, "bind": choice}],
        transform=[
            {"filter": f"matrix === '{every}' || datum.arm === matrix"},
            *by_revision("datum.arm"),
            {"calculate": f"indexof({json.dumps(MATRICES)}, datum.arm)", "as": "order"},
        ],
    )


def macro_roc() -> Spec:
    """The average of the classes' ROC curves, in a panel for each classifier."""
    file = "replace(datum.filename, /^.*\\//, '')"
    names = {f"{arm}.csv": label for arm, label in CLASSIFIERS.items()}
    panel = {"calculate": look_up(names, file), "as": "panel"}
    kept = {"filter": f"datum.class === '{MACRO}'"}
    return panels(2, {"field": "panel"}, _corner(300), transform=[kept, panel])


def class_roc() -> Spec:
    """The ROC curves of each class against the rest, in a panel for each class."""
    kept = {"filter": f"datum.class !== '{MACRO}'"}
    return panels(5, {"field": "class"}, _corner(130), transform=[kept])


def roc() -> Spec:
    """A ROC curve for each revision, with the line of chance."""
    chance = {
        "data": {"values": [{"a": 0, "b": 0}, {"a": 1, "b": 1}]},
        "mark": {"type": "line", "color": LINE.light, "strokeDash": [4, 4]},
        "encoding": {
            "x": {"field": "a", "type": "quantitative"},
            "y": {"field": "b", "type": "quantitative"},
        },
    }
    return _square([chance, _curve_with_area()])


def precision_recall() -> Spec:
    """A precision-recall curve for each revision."""
    return _square([_curve_with_area()])


def history() -> Spec:
    """Losses by epoch, of training and validation."""
    split = "indexof(datum.field, 'val_') === 0 ? 'validation' : 'training'"
    return template(
        width=380,
        height=240,
        transform=[{"calculate": split, "as": "split"}],
        mark={"type": "line", "point": {"size": 30}, "tooltip": True},
        encoding={
            "x": x(scale={"zero": False, "nice": False}, axis={"format": "d", "tickMinStep": 1}),
            "y": y(scale={"type": "log", "nice": False}),
            "color": colour("split", "images", CURVES),
            "strokeDash": REVISION_DASH,
        },
    )


def _class(field: str) -> Spec:
    return {"field": field, "type": "nominal", "sort": None}


def _corner(size: int) -> Spec:
    """Return curves in the upper left quarter of a ROC diagram, of `size` pixels."""
    low = {"values": [0, 0.25, 0.5], "format": ".2f", "labelFlush": True}
    high = {"values": [0.5, 0.75, 1], "format": ".2f"}
    return {
        "width": size,
        "height": size,
        "mark": {"type": "line", "tooltip": True, "clip": True},
        "encoding": {
            "x": x(scale={"domain": [-0.01, 0.5], "nice": False}, axis=low),
            "y": y(scale={"domain": [0.5, 1.01], "nice": False}, axis=high),
            "color": colour("images", "images", IMAGES),
            "strokeDash": REVISION_DASH,
        },
    }


def _square(layer: list[Spec]) -> Spec:
    return template(width=340, height=340, layer=layer)


def _curve_with_area() -> Spec:
    """Return a curve for each revision; the legend has its area, below the revision."""
    unit = {"scale": {"domain": [0, 1]}, "axis": {"tickCount": 5}}
    several = "datum.revisions > 1 ? datum.rev + '\\n' + datum.curve : datum.curve"
    return {
        "transform": [
            {"joinaggregate": [{"op": "distinct", "field": "rev", "as": "revisions"}]},
            {"calculate": several, "as": "legend"},
        ],
        "mark": {"type": "line", "tooltip": True},
        "encoding": {
            "x": x(**unit),
            "y": y(**unit),
            "order": {"field": X, "type": "quantitative"},
            "color": {
                "field": "legend",
                "type": "nominal",
                "title": None,
                "sort": None,
                "scale": {"range": [shade.light for shade in SERIES]},
                "legend": {"orient": "bottom", "columns": 1, "labelLimit": 400}
                | {"labelExpr": "split(datum.label, '\\n')"},
            },
        },
    }
