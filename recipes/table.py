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
    """Return what each recipe reaches, with what its source prints in brackets."""
    params, metrics = read()
    lines = [
        "| recipe | on | noise | "
        + " | ".join(FIGURES.values())
        + " | within | parameters | multiply-adds |",
        "|---" * (len(FIGURES) + 6) + "|",
    ]
    for name, found in metrics.items():
        recipe, figures = params["recipes"][name], params["published"][name]["figures"]
        cells = [_cell(key, found[key], figures.get(key)) for key in FIGURES]
        within = [within_tolerance(key, found[key], figure) for key, figure in figures.items()]
        verdict = "" if not figures else "yes" if all(within) else "**no**"
        on = f"{recipe['dataset']}, {found['train']:,} images"
        noise = f"{recipe['noise']['kind']} {recipe['noise']['level']}"
        cost = f"{found['parameters']:,} | {found['multiply_adds'] / 1e6:.1f} million"
        row = [f"`{name}`", on, noise, *cells, verdict, cost]
        lines.append("| " + " | ".join(row) + " |")
    if missing := [f"`{name}`" for name in params["recipes"] if name not in metrics]:
        lines.append(f"\nNot run yet: {', '.join(missing)}.")
    return "\n".join(lines)


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
    measured = {name: found for name, found in metrics.items() if "clean_trained" in found}
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
