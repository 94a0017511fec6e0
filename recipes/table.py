"""Write the tables of recipes from the metrics in Git: `python -m recipes.table`.

It replaces what stands between comments of recipes/README.md and of README.md; a test holds the
pages to it. A recipe without metrics has not been run: it is named below the table.
"""

import json
from pathlib import Path

import yaml

from results.table import updated

HERE = Path(__file__).parent
PAGE = HERE / "README.md"
FRONT_PAGE = HERE.parent / "README.md"
FIGURES = {
    "psnr": "PSNR, dB",
    "ssim_uniform": "SSIM 7×7",
    "ssim_range_2": "SSIM 7×7, range 2",
    "mae": "MAE",
    "bce": "BCE",
}
HIGHER_IS_BETTER = ("psnr", "ssim_uniform", "ssim_range_2")
OURS = "residual_unet"  # recipes of this network are ours, the others are what it is compared with
# How far a reproduced figure may be from the published one: absolute, or relative where below.
TOLERANCE = {"psnr": 0.35, "ssim_uniform": 0.04}
RELATIVE = {"mae": 0.1, "bce": 0.1}


def read() -> tuple[dict, dict]:
    """Return the recipes' parameters, and the metrics of those that were run."""
    params = yaml.safe_load((HERE / "params.yaml").read_text())
    paths = {name: HERE / "metrics" / f"{name}.json" for name in params["recipes"]}
    return params, {
        name: json.loads(path.read_text()) for name, path in paths.items() if path.exists()
    }


def figures_table() -> str:
    """Return what each recipe reaches, what its source prints, and how far ours is ahead."""
    params, metrics = read()
    parts = []
    for title, names in _tasks(params).items():
        if run := [metrics[name] for name in names if name in metrics]:
            parts += [f"**{title}**, {run[0]['train']:,} training images", ""]
            parts += [*_task_lines(params, {name: metrics.get(name, {}) for name in names}), ""]
    if missing := [f"`{name}`" for name in params["recipes"] if name not in metrics]:
        parts.append(f"Not run yet: {', '.join(missing)}.")
    return "\n".join(parts).rstrip()


def summary_table() -> str:
    """Return the best of ours on each data set and noise, and the best of the others."""
    params, metrics = read()
    lines = ["| | " + " | ".join(FIGURES.values()) + " |", "|---" * (len(FIGURES) + 1) + "|"]
    for title, names in _tasks(params).items():
        ours, others = _best(params, {name: metrics.get(name, {}) for name in names})
        if ours and others:
            cells = [
                _round(key, ours[key]) + (f" ({_round(key, others[key])})" if key in others else "")
                for key in FIGURES
            ]
            lines.append(f"| {title} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def _tasks(params: dict) -> dict[str, list[str]]:
    """Return the data sets and noises, and the names of the recipes on each."""
    tasks: dict[str, list[str]] = {}
    for name, recipe in params["recipes"].items():
        noise = f"{recipe['noise']['kind']} noise {recipe['noise']['level']}"
        tasks.setdefault(f"{recipe['dataset']}, {noise}", []).append(name)
    return tasks


def _task_lines(params: dict, metrics: dict[str, dict]) -> list[str]:
    """Return the lines of the table of the recipes on one data set and noise."""
    titles = ["recipe", *FIGURES.values(), "within", "parameters", "multiply-adds"]
    lines = ["| " + " | ".join(titles) + " |", "|---" * len(titles) + "|"]
    for name, found in metrics.items():
        if not found:
            continue
        figures = _published(params, name)
        cells = [
            _round(key, found[key]) + (f" ({_round(key, figures[key])})" if key in figures else "")
            for key in FIGURES
        ]
        within = [within_tolerance(key, found[key], figure) for key, figure in figures.items()]
        verdict = "" if not figures else "yes" if all(within) else "**no**"
        cost = [f"{found['parameters']:,}", f"{found['multiply_adds'] / 1e6:.1f} million"]
        mark = "**" if _is_ours(params, name) else ""
        lines.append("| " + " | ".join([f"{mark}`{name}`{mark}", *cells, verdict, *cost]) + " |")
    ours, others = _best(params, metrics)
    if ours and others:
        ahead = [_ahead(key, ours[key], others[key]) if key in others else "" for key in FIGURES]
        lines.append("| ours ahead of the best other | " + " | ".join(ahead) + " | | | |")
    return lines


def _best(params: dict, metrics: dict[str, dict]) -> tuple[dict, dict]:
    """Return the best figures of our recipes, and those of the others, as run and as printed.

    What a source prints counts even where its recipe has not been run.
    """
    ours, others = {}, {}
    for name, found in metrics.items():
        printed = _published(params, name)
        target = ours if _is_ours(params, name) else others
        for key in FIGURES:
            if values := [some[key] for some in (found, printed, target) if key in some]:
                target[key] = max(values) if key in HIGHER_IS_BETTER else min(values)
    return ours, others


def _is_ours(params: dict, name: str) -> bool:
    return params["recipes"][name]["network"] == OURS


def _published(params: dict, name: str) -> dict[str, float]:
    return params["published"].get(name, {}).get("figures", {})


def _ahead(key: str, ours: float, other: float) -> str:
    """Return by how much ours is better than the other; below zero where it is worse."""
    gain = ours - other if key in HIGHER_IS_BETTER else other - ours
    return f"{'' if gain < 0 else '+'}{_round(key, gain)}"


def _round(key: str, value: float) -> str:
    return f"{value:.{2 if key == 'psnr' else 4}f}"


def within_tolerance(key: str, value: float, published: float) -> bool:
    """Say whether a reproduced figure is as near to the published one as it should be."""
    allowed = TOLERANCE.get(key) or RELATIVE[key] * published
    return abs(value - published) <= allowed


def accuracies_table() -> str:
    """Return the accuracies of the recipes that have a classifier."""
    _, metrics = read()
    lines = [
        "| recipe | clean | noisy | denoised | trained on noisy |",
        "|---|---|---|---|---|",
    ]
    keys = (
        ("clean_trained", "accuracy_clean"),
        ("clean_trained", "accuracy"),
        ("denoised_clean_trained", "accuracy"),
        ("noise_trained", "accuracy"),
    )
    measured = {
        name: found["classification"]
        for name, found in metrics.items()
        if "classification" in found
    }
    if not measured:
        return "Not run yet."
    for name, found in measured.items():
        cells = " | ".join(f"{found[arm][key]:.4f}" for arm, key in keys)
        lines.append(f"| `{name}` | {cells} |")
    return "\n".join(lines)


TABLES = {"figures": figures_table, "accuracies": accuracies_table}
SUMMARY = {"recipes": summary_table}


def main() -> None:
    for page, tables in ((PAGE, TABLES), (FRONT_PAGE, SUMMARY)):
        page.write_text(updated(page.read_text(), tables))


if __name__ == "__main__":
    main()
