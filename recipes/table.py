"""Write the table of recipes/README.md from the metrics in Git: `python -m recipes.table`.

It replaces what stands between the comments; a test holds the page to it. A recipe without metrics
has not been run: it is named below the table.
"""

import json
from pathlib import Path

import yaml

from results.table import updated

HERE = Path(__file__).parent
PAGE = HERE / "README.md"
FIGURES = {"psnr": "PSNR, dB", "ssim_uniform": "SSIM 7×7", "mae": "MAE", "bce": "BCE"}
HIGHER_IS_BETTER = ("psnr", "ssim_uniform")
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
    groups: dict[tuple, list[str]] = {}
    for name in metrics:
        recipe = params["recipes"][name]
        task = (recipe["dataset"], recipe["noise"]["kind"], recipe["noise"]["level"])
        groups.setdefault(task, []).append(name)
    parts = []
    for (dataset, kind, level), names in groups.items():
        images = metrics[names[0]]["train"]
        parts += [f"**{dataset}**, {images:,} training images, {kind} noise {level}", ""]
        parts += [*_group(params, {name: metrics[name] for name in names}), ""]
    if missing := [f"`{name}`" for name in params["recipes"] if name not in metrics]:
        parts.append(f"Not run yet: {', '.join(missing)}.")
    return "\n".join(parts).rstrip()


def _group(params: dict, metrics: dict[str, dict]) -> list[str]:
    """Return the lines of the table of the recipes on one data set and noise."""
    titles = ["recipe", *FIGURES.values(), "within", "parameters", "multiply-adds"]
    lines = ["| " + " | ".join(titles) + " |", "|---" * len(titles) + "|"]
    best = {True: {}, False: {}}  # of ours, and of the others
    for name, found in metrics.items():
        figures = params["published"].get(name, {}).get("figures", {})
        ours = params["recipes"][name]["network"] == OURS
        for key in FIGURES:
            values = [found[key], figures.get(key, found[key]), best[ours].get(key, found[key])]
            best[ours][key] = max(values) if key in HIGHER_IS_BETTER else min(values)
        cells = [_cell(key, found[key], figures.get(key)) for key in FIGURES]
        within = [within_tolerance(key, found[key], figure) for key, figure in figures.items()]
        verdict = "" if not figures else "yes" if all(within) else "**no**"
        cost = [f"{found['parameters']:,}", f"{found['multiply_adds'] / 1e6:.1f} million"]
        row = [f"**`{name}`**" if ours else f"`{name}`", *cells, verdict, *cost]
        lines.append("| " + " | ".join(row) + " |")
    if all(best.values()):
        ahead = [_ahead(key, best[True][key], best[False][key]) for key in FIGURES]
        lines.append("| ours ahead of the best other | " + " | ".join(ahead) + " | | | |")
    return lines


def _ahead(key: str, ours: float, other: float) -> str:
    """Return by how much ours is better than the other; below zero where it is worse."""
    gain = ours - other if key in HIGHER_IS_BETTER else other - ours
    return f"{gain:+.2f}" if key == "psnr" else f"{gain:+.4f}"


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


def _cell(key: str, value: float, published: float | None) -> str:
    digits = 2 if key == "psnr" else 4
    return f"{value:.{digits}f}" + (f" ({published:.{digits}f})" if published else "")


TABLES = {"figures": figures_table, "accuracies": accuracies_table}


def main() -> None:
    PAGE.write_text(updated(PAGE.read_text(), TABLES))


if __name__ == "__main__":
    main()
