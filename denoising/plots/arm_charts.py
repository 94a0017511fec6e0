"""Templates of `dvc plots` that compare arms: in one table, by noise level, by confidence."""

import json

from denoising.evaluation.arms import ARM_LABELS, FILTER_ARMS
from denoising.noise.kinds import KINDS
from denoising.plots.colours import ARM_COLOURS, CONFIDENCES, INK, LINE, SERIES, STATES, Colour
from denoising.plots.vega import (
    REVISION_COLOUR,
    REVISION_DASH,
    X_LABEL,
    Spec,
    Y,
    colour,
    look_up,
    panels,
    present,
    shown,
    template,
    x,
    y,
)

MEASURES = {
    "accuracy": ("accuracy", "noisy test images"),
    "accuracy_clean": ("accuracy without noise", "clean test images"),
    "nll": ("negative log-likelihood", "nats; lower is better"),
    "ece": ("calibration error", "lower is better"),
    "psnr": ("PSNR (dB)", "higher is better"),
    "ssim": ("SSIM", "1 is identical"),
    "mae": ("mean absolute error", "of the pixels; lower is better"),
}
"""The measures of plots/arms.csv that can be chosen: a title, and how to read it."""
SOURCES = {
    "clean_trained": ("noisy images", STATES["noisy"]),
    "denoised_clean_trained": ("autoencoder", STATES["denoised"]),
    **{name: (ARM_LABELS[name], ARM_COLOURS[name]) for name in ("joint", *FILTER_ARMS)},
}
"""Where the images of an arm come from; the other arms classify the same images as one of these."""
REFERENCES = {
    "noisy": ("noisy images", STATES["noisy"]),
    "autoencoder": ("autoencoder", STATES["denoised"]),
    "posterior_mean": ("posterior mean", SERIES[0]),
}
IDENTICAL = 99
"""PSNR, in dB, above any of noisy images; identical images have 100, which would flatten curves."""
CHOSEN = {"name": "chosen", "select": {"type": "point", "fields": ["series"]}, "bind": "legend"}
"""Highlight curves by a click on their names in the legend."""


def arms() -> Spec:
    """Arms as rows: a measure with its interval, in a colour for each revision."""
    digits = "measure === 'psnr' ? '.1f' : '.3f'"
    across = {"type": "quantitative", "scale": {"zero": False}, "title": X_LABEL}
    rows = {
        "y": {
            "field": "series",
            "type": "nominal",
            "title": None,
            "sort": [*ARM_LABELS.values()],
            "axis": {"labelLimit": 200, "ticks": False, "domain": False, "grid": True},
        },
        "yOffset": {"field": "rev", "type": "nominal", "sort": None},
        "color": REVISION_COLOUR,
    }
    numbers = {"value": "value", "start": "from", "end": "to"}
    details = [{"field": "series", "title": "arm"}, {"field": "rev", "title": "revision"}]
    details += [
        {"field": field, "type": "quantitative", "title": title, "format": ".4~f"}
        for field, title in numbers.items()
    ]
    interval = {
        "mark": {"type": "rule", "strokeWidth": 2},
        "encoding": {"x": across | {"field": "start"}, "x2": {"field": "end"}},
    }
    value = {
        "mark": {"type": "point", "filled": True, "size": 60, "opacity": 1},
        "encoding": {"x": across | {"field": "value"}, "tooltip": details},
    }
    written = {
        "mark": {"type": "text", "align": "left", "dx": 7, "fontSize": 11},
        "encoding": {
            "x": across | {"field": "end"},
            "text": {"field": "written"},
            "color": {"value": INK.light},
        },
    }
    titles = {name: title for name, (title, _) in MEASURES.items()}
    labels = [f"{title}: {note}" for title, note in MEASURES.values()]
    choice = {"input": "select", "options": [*MEASURES], "labels": labels, "name": "Measure "}
    return panels(
        1,
        {"field": "measure", "header": {"labelExpr": look_up(titles, "datum.value")}},
        {
            "width": 420,
            "height": {"step": 18, "for": "offset"},
            "encoding": rows,
            "layer": [interval, value, written],
        },
        params=[{"name": "measure", "value": "accuracy", "bind": choice}],
        transform=[
            {"filter": "datum.measure === measure"},
            shown("arm", ARM_LABELS, "series"),
            *(_or_value(end, name) for end, name in (("low", "start"), ("high", "end"))),
            {"calculate": f"format(toNumber(datum.value), {digits})", "as": "written"},
        ],
    )


def by_level() -> Spec:
    """A curve for each arm, by noise level, in a panel for each kind of noise."""
    table = {ARM_LABELS[name]: shade for name, shade in ARM_COLOURS.items()}
    return _levels([present(Y), shown("arm", ARM_LABELS, "series")], colour("series", "arm", table))


def psnr_by_level() -> Spec:
    """The same for the PSNR of the images that are classified, each kind of image once.

    Images that are identical to the clean ones are left out.
    """
    kept = f"datum['{Y}'] < {IDENTICAL} && indexof({json.dumps([*SOURCES])}, datum.arm) >= 0"
    names, table = _labelled(SOURCES)
    return _levels(
        [present(Y), {"filter": kept}, shown("arm", names, "series")],
        colour("series", "images", table),
    )


def reference() -> Spec:
    """A curve for each denoiser of plots/reference.csv."""
    names, table = _labelled(REFERENCES)
    return template(
        transform=[shown("denoiser", names, "series")],
        width=380,
        height=240,
        params=[CHOSEN],
        **_curve(colour("series", "images", table)),
    )


def reliability() -> Spec:
    """Accuracy by confidence, as trained and calibrated, in a panel for each arm."""
    unit = {"scale": {"domain": [0, 1]}, "axis": {"tickCount": 5}}
    both = {
        "x": x(**unit),
        "y": y(**unit),
        "color": colour("when", "confidence", CONFIDENCES),
        "order": {"field": "confidence", "type": "quantitative"},
    }
    diagonal = {
        "mark": {"type": "rule", "color": LINE.light, "strokeDash": [4, 4]},
        "encoding": {"x": {"datum": 0}, "y": {"datum": 0}, "x2": {"datum": 1}, "y2": {"datum": 1}},
    }
    line = {
        "mark": {"type": "line", "strokeWidth": 1, "opacity": 0.6},
        "encoding": both | {"strokeDash": REVISION_DASH},
    }
    size = {"scale": {"type": "sqrt", "range": [8, 160]}}
    points = {
        "mark": {"type": "point", "filled": True, "opacity": 0.9, "tooltip": True},
        "encoding": {name: both[name] for name in ("x", "y", "color")}
        | {"size": {"field": "images", "type": "quantitative", "title": "images", **size}},
    }
    return panels(
        5,
        {"field": "arm", "header": {"labelExpr": look_up(ARM_LABELS, "datum.value")}},
        {"width": 185, "height": 185, "layer": [diagonal, line, points]},
    )


def _or_value(end: str, name: str) -> Spec:
    """Return a transform for an end of an interval; without one, it is the value."""
    found = f"isValid(datum.{end}) && datum.{end} !== '' ? datum.{end} : datum.value"
    return {"calculate": f"toNumber({found})", "as": name}


def _labelled(
    table: dict[str, tuple[str, Colour]],
) -> tuple[dict[str, str], dict[str, Colour]]:
    """Return the shown names of a table's keys, and its colours by shown name."""
    return {name: label for name, (label, _) in table.items()}, dict(table.values())


def _levels(transform: list[Spec], series: Spec) -> Spec:
    kinds = {name: f"{kind.label} noise" for name, kind in KINDS.items()}
    return panels(
        2,
        {"field": "kind", "header": {"labelExpr": look_up(kinds, "datum.value")}},
        {"width": 330, "height": 230, "params": [CHOSEN], **_curve(series)},
        transform=transform,
    )


def _curve(series: Spec) -> Spec:
    """Return a mark and an encoding: a curve with points for each series and revision."""
    seen = {"condition": {"param": "chosen", "value": 1}, "value": 0.12}
    return {
        "mark": {"type": "line", "point": {"size": 18}, "tooltip": True},
        "encoding": {
            "x": x(axis={"tickCount": 6}),
            "y": y(scale={"zero": False, "nice": True}),
            "color": series,
            "opacity": seen,
            "strokeDash": REVISION_DASH,
        },
    }
