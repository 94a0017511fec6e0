"""Tables of the study of published systems: our figures, theirs, and the cost of each."""

from typing import Any

import pandas as pd

from denoising.evaluation.arms import ARMS
from denoising.files.tables import read_json
from tools._kept import markdown, read_yaml
from tools._program import RESULTS, ROOT
from tools._provenance import sentence

STUDY = ROOT / "studies" / "published"
KEPT = RESULTS / "published"
FIGURES = {
    "psnr": "PSNR (dB)",
    "ssim_uniform": "SSIM 7×7",
    "ssim_range_2": "SSIM 7×7, range 2",
    "mae": "MAE",
    "bce": "BCE",
}
HIGHER_IS_BETTER = ("psnr", "ssim_uniform", "ssim_range_2")
OURS = "residual_unet"  # recipes of this network are ours; the others are compared with it
# The largest difference from a published figure that counts as reproduced.
TOLERANCE = {"psnr": 0.35, "ssim_uniform": 0.04}
RELATIVE = {"mae": 0.1, "bce": 0.1}
ENDS = ("_low", "_high")  # of a 95% interval

Figures = dict[str, Any]
"""Figures by their keys: metrics of a recipe, or the figures that its source prints."""


def read() -> tuple[Figures, dict[str, Figures]]:
    """Return the parameters of the study, and the metrics of each recipe that has been run."""
    params = read_yaml(STUDY / "params.yaml")
    paths = {name: KEPT / "metrics" / f"{name}.json" for name in params["recipes"]}
    return params, {name: read_json(path) for name, path in paths.items() if path.is_file()}


def figures() -> str:
    """Return the figures of each recipe, those that its source prints, and the lead of ours."""
    params, metrics = read()
    parts = []
    for task, names in tasks(params).items():
        run = {name: metrics[name] for name in names if name in metrics}
        if run:
            sizes = " or ".join(
                f"{size:,}" for size in sorted({one["train"] for one in run.values()})
            )
            best = best_other(params, names, metrics)
            rows = [row for name in run for row in _rows(params, name, run[name], best)]
            parts += [f"**{task}**, trained on {sizes} images", markdown(pd.DataFrame(rows))]
    if metrics:
        parts.append(widest_intervals(list(metrics.values())))
    if missing := [f"`{name}`" for name in params["recipes"] if name not in metrics]:
        parts.append(f"Not run yet: {', '.join(missing)}.")
    if metrics:
        parts.append(sentence("These figures", KEPT / "dvc.lock"))
    return "\n\n".join(parts)


def _rows(params: Figures, name: str, found: Figures, best: Figures) -> list[dict[str, str]]:
    """Return the row of a recipe, and below one of ours its lead over the best other figures."""
    source, mark = published(params, name), "**" if is_ours(params, name) else ""
    within = [within_tolerance(key, found[key], figure) for key, figure in source.items()]
    taken = kept_seconds().get(name)
    row = {"recipe": f"{mark}`{name}`{mark}"}
    row |= {label: _beside(key, found, source) for key, label in FIGURES.items()}
    row |= {
        "within": ("yes" if all(within) else "**no**") if within else "",
        "parameters": f"{found['parameters']:,}",
        "multiply-adds": f"{found['multiply_adds'] / 1e6:.1f} million",
        "minutes": f"{taken / 60:.0f}" if taken else "",
    }
    if not is_ours(params, name):
        return [row]
    lead = {FIGURES[key]: _lead(key, found[key], other) for key, other in best.items()}
    return [row, {"recipe": "lead over the best other", **lead}]


def published_summary() -> str:
    """Return the figures of ours by data set and noise, with the best of all others."""
    params, metrics = read()
    rows = []
    for task, names in tasks(params).items():
        best = best_other(params, names, metrics)
        for name in names:
            if name in metrics and is_ours(params, name):
                cells = {
                    label: _beside(key, metrics[name], best)
                    for key, label in FIGURES.items()
                    if key != "ssim_range_2"
                }
                rows.append({"data and noise": task, **cells})
    return markdown(pd.DataFrame(rows))


def accuracies() -> str:
    """Return the accuracies of the recipes that have a classifier."""
    columns = {
        "clean images": ("clean_trained", "accuracy_clean"),
        ARMS["clean_trained"].label: ("clean_trained", "accuracy"),
        ARMS["denoised_clean_trained"].label: ("denoised_clean_trained", "accuracy"),
        ARMS["noise_trained"].label: ("noise_trained", "accuracy"),
    }
    rows = []
    for name, found in read()[1].items():
        if arms := found.get("classification"):
            cells = {
                label: "{:.4f} ({:.4f} to {:.4f})".format(
                    *(arms[arm][f"{key}{end}"] for end in ("", *ENDS))
                )
                for label, (arm, key) in columns.items()
            }
            rows.append({"recipe": f"`{name}`", **cells})
    return markdown(pd.DataFrame(rows)) if rows else "Not run yet."


def tasks(params: Figures) -> dict[str, list[str]]:
    """Return the names of the recipes on each data set and noise."""
    found: dict[str, list[str]] = {}
    for name, recipe in params["recipes"].items():
        noise = f"{recipe['noise']['kind']} noise {recipe['noise']['level']}"
        found.setdefault(f"{recipe['dataset']}, {noise}", []).append(name)
    return found


def best_other(params: Figures, names: list[str], metrics: dict[str, Figures]) -> Figures:
    """Return the best figure of each kind among recipes that are not ours, and their sources."""
    best: Figures = {}
    others = [name for name in names if not is_ours(params, name)]
    candidates = [metrics.get(name, {}) for name in others]
    candidates += [published(params, name) for name in others]
    for key in FIGURES:
        if values := [found[key] for found in candidates if key in found]:
            best[key] = max(values) if key in HIGHER_IS_BETTER else min(values)
    return best


def is_ours(params: Figures, name: str) -> bool:
    """Return whether a recipe trains the default network of this project."""
    return params["recipes"][name]["network"] == OURS


def published(params: Figures, name: str) -> Figures:
    """Return the figures that the source of a recipe prints."""
    return params["published"].get(name, {}).get("figures", {})


def within_tolerance(key: str, value: float, figure: float) -> bool:
    """Return whether a figure is close enough to the published one to count as reproduced."""
    return abs(value - figure) <= (TOLERANCE.get(key) or RELATIVE[key] * figure)


def widest_intervals(metrics: list[Figures]) -> str:
    """Return a sentence on the widest 95% bootstrap interval of each average."""
    widths = {
        key: max(abs(found[f"{key}{end}"] - found[key]) for found in metrics for end in ENDS)
        for key in FIGURES
    }
    cells = ", ".join(f"{FIGURES[key]} ±{_text(key, width)}" for key, width in widths.items())
    return f"The widest 95% bootstrap intervals:\n{cells}."


def kept_seconds() -> dict[str, float]:
    """Return how long the training and the evaluation of each recipe took, if that was logged."""
    path = KEPT / "seconds.json"
    return read_json(path) if path.is_file() else {}


def _beside(key: str, found: Figures, other: Figures) -> str:
    """Return a figure, followed by the other one in brackets if there is one."""
    return _text(key, found[key]) + (f" ({_text(key, other[key])})" if key in other else "")


def _lead(key: str, ours: float, other: float) -> str:
    """Return the lead of ours over the other figure, negative if ours is worse."""
    lead = ours - other if key in HIGHER_IS_BETTER else other - ours
    return f"{'' if lead < 0 else '+'}{_text(key, lead)}"


def _text(key: str, value: float) -> str:
    return f"{value:.{2 if key == 'psnr' else 4}f}"
