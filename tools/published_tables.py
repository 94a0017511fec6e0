"""Write the tables of recipes from the metrics in Git: `python -m recipes.table`.

It replaces what stands between comments of recipes/README.md and of README.md, and keeps how long
the recipes took here, from the log of the stages, in recipes/seconds.json; a test holds the pages
to it. Below the table stands which recipes have not been run, or not since something changed.
"""

import json
from pathlib import Path

import yaml

from denoising.files.tables import write_json
from tools._seconds import read_seconds
from tools.result_tables import moved_on, updated

HERE = Path(__file__).parent
KEPT_SECONDS = HERE / "seconds.json"
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
ENDS = ("", "_low", "_high")  # of a 95% interval


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
            sizes = " or ".join(f"{size:,}" for size in sorted({found["train"] for found in run}))
            parts += [f"**{title}**, trained on {sizes} images", ""]
            parts += [*_task_lines(params, {name: metrics.get(name, {}) for name in names}), ""]
    if metrics:
        parts += [intervals_sentence(metrics.values()), ""]
    for names, sentence in (
        ([name for name in params["recipes"] if name not in metrics], "Not run yet: {}."),
        (stale(params, metrics), "Since these were run, their code or parameters changed: {}."),
    ):
        if names:
            parts += [sentence.format(", ".join(f"`{name}`" for name in names)), ""]
    return "\n".join(parts).rstrip()


def intervals_sentence(metrics) -> str:
    """Say how wide the 95% bootstrap intervals of the averages are at most."""
    widths = {
        key: max(abs(found[f"{key}{end}"] - found[key]) for found in metrics for end in ENDS)
        for key in FIGURES
    }
    cells = ", ".join(f"{_round(key, width)} ({FIGURES[key]})" for key, width in widths.items())
    return f"The 95% bootstrap intervals reach at most this far to either side: {cells}."


def stale(params: dict, names) -> list[str]:
    """Return those of the recipes called `names` that another code or other parameters wrote."""
    current = {
        "recipes/params.yaml": params,
        "params.yaml": yaml.safe_load((HERE.parent / "params.yaml").read_text()),
    }
    stages = yaml.safe_load((HERE / "dvc.lock").read_text())["stages"]
    locked = {name: stages.get(f"recipe@{name}") for name in names}
    return [name for name, stage in locked.items() if not stage or moved_on(stage, current)]


def summary_table() -> str:
    """Return the figures of ours on each data set and noise, and the best of all the others."""
    params, metrics = read()
    keys = [key for key in FIGURES if key != "ssim_range_2"]
    lines = [
        "| | " + " | ".join(FIGURES[key] for key in keys) + " |",
        "|---" * (len(keys) + 1) + "|",
    ]
    for title, names in _tasks(params).items():
        others = _best_other(params, {name: metrics.get(name, {}) for name in names})
        for found in (
            metrics[name] for name in names if name in metrics and _is_ours(params, name)
        ):
            cells = [_beside(key, found, others) for key in keys]
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
    titles = ["recipe", *FIGURES.values(), "within", "parameters", "multiply-adds", "minutes"]
    lines = ["| " + " | ".join(titles) + " |", "|---" * len(titles) + "|"]
    seconds = json.loads(KEPT_SECONDS.read_text())
    others = _best_other(params, metrics)
    for name, found in metrics.items():
        if not found:
            continue
        figures = _published(params, name)
        cells = [_beside(key, found, figures) for key in FIGURES]
        within = [within_tolerance(key, found[key], figure) for key, figure in figures.items()]
        verdict = "" if not figures else "yes" if all(within) else "**no**"
        cost = [f"{found['parameters']:,}", f"{found['multiply_adds'] / 1e6:.1f} million"]
        cost.append(f"{seconds[name] / 60:.0f}" if name in seconds else "")
        mark = "**" if _is_ours(params, name) else ""
        lines.append("| " + " | ".join([f"{mark}`{name}`{mark}", *cells, verdict, *cost]) + " |")
        if _is_ours(params, name):
            ahead = [
                _ahead(key, found[key], others[key]) if key in others else "" for key in FIGURES
            ]
            lines.append("| ahead of the best other | " + " | ".join(ahead) + " | | | | |")
    return lines


def _best_other(params: dict, metrics: dict[str, dict]) -> dict[str, float]:
    """Return the best figure of each kind among the recipes that are not ours.

    What a source prints counts beside what its recipe reaches, also where it has not been run.
    """
    best = {}
    for name, found in metrics.items():
        if _is_ours(params, name):
            continue
        for key in FIGURES:
            some = [each[key] for each in (found, _published(params, name), best) if key in each]
            if some:
                best[key] = max(some) if key in HIGHER_IS_BETTER else min(some)
    return best


def _is_ours(params: dict, name: str) -> bool:
    return params["recipes"][name]["network"] == OURS


def _published(params: dict, name: str) -> dict[str, float]:
    return params["published"].get(name, {}).get("figures", {})


def _beside(key: str, found: dict[str, float], other: dict[str, float]) -> str:
    """Return a figure, and in brackets the other one where there is one."""
    return _round(key, found[key]) + (f" ({_round(key, other[key])})" if key in other else "")


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
        cells = " | ".join(
            "{:.4f} ({:.4f} to {:.4f})".format(*(found[arm][f"{key}{end}"] for end in ENDS))
            for arm, key in keys
        )
        lines.append(f"| `{name}` | {cells} |")
    return "\n".join(lines)


TABLES = {"figures": figures_table, "accuracies": accuracies_table}
SUMMARY = {"recipes": summary_table}


def keep_seconds() -> None:
    """Keep how long each recipe took when it last ran in this folder."""
    kept = json.loads(KEPT_SECONDS.read_text()) if KEPT_SECONDS.exists() else {}
    logged, names = read_seconds(), read()[0]["recipes"]
    for name in names:
        stages = [f"train@recipes-{name}", f"recipe@{name}"]
        if set(stages) <= set(logged):
            kept[name] = round(sum(logged[stage]["seconds"] for stage in stages), 1)
    write_json(KEPT_SECONDS, {name: kept[name] for name in names if name in kept})


def main() -> None:
    keep_seconds()
    for page, tables in ((PAGE, TABLES), (FRONT_PAGE, SUMMARY)):
        page.write_text(updated(page.read_text(), tables))


if __name__ == "__main__":
    main()
