"""Write the tables of the README from the metrics in Git: `python -m results.table`.

It replaces what stands between a pair of comments in README.md, and of stages/README.md, whose
table follows from `dvc.yaml`. A test holds the pages to it.
"""

import hashlib
import json
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import yaml

from tools.reruns import reruns_table

ROOT = Path(__file__).parent.parent
RESULTS = ROOT / "results"
RUN = RESULTS / "fashion_mnist"
SEEDS = ("seed_1", "seed_2")
DETECTOR = RESULTS / "detector.csv"
PHOTOS = ROOT / "recipes" / "photos" / "measures.csv"
CONTROL = RUN / "classification_weight_1"

ROWS = [
    ("Clean-trained classifier, clean images", "classifier", "clean_trained.accuracy_clean"),
    ("Clean-trained classifier, noisy images", "classifier", "clean_trained.accuracy"),
    ("The same, after denoising", "denoised", "denoised_clean_trained.accuracy"),
    ("Noise-trained classifier, noisy images", "classifier", "noise_trained.accuracy"),
    ("Denoised-trained classifier, denoised images", "calibration", "denoised_trained.accuracy"),
    ("Joint network, noisy images", "joint", "joint.accuracy"),
    ("Joint minus noise-trained (paired)", "joint", "joint_minus_noise_trained.accuracy"),
    ("PSNR of noisy images, dB", "denoised", "psnr_noisy"),
    ("PSNR after the autoencoder, dB", "denoised", "psnr"),
    ("SSIM of noisy images", "denoised", "ssim_noisy"),
    ("SSIM after the autoencoder", "denoised", "ssim"),
    ("MAE after the autoencoder", "denoised", "mae"),
    ("PSNR of the joint network, dB", "joint", "psnr"),
]


def results_table() -> str:
    """Return the main table: digits and Fashion-MNIST with intervals, and the spread over seeds."""
    lines = [
        "| | digits | Fashion-MNIST | three seeds |",
        "|---|---|---|---|",
    ]
    seeds = [RUN, *(RUN / seed for seed in SEEDS)]
    for label, file, key in ROWS:
        digits, fashion = (value_with_interval(run, file, key) for run in (ROOT, RUN))
        values = [_value(run, file, key) for run in seeds]
        spread = ""
        if None not in values:
            spread = f"{_text(key, min(values))} to {_text(key, max(values))}"
        lines.append(f"| {label} | {digits} | {fashion} | {spread} |")
    return "\n".join(lines)


def control_table() -> str:
    """Return what the joint network reaches with and without its reconstruction."""
    lines = [
        "| `joint.classification_weight` | accuracy | minus noise-trained (paired) | PSNR, dB |",
        "|---|---|---|---|",
    ]
    for run in (RUN, CONTROL):
        weight = yaml.safe_load((run / "params.yaml").read_text())["joint"]["classification_weight"]
        keys = ("joint.accuracy", "joint_minus_noise_trained.accuracy", "psnr")
        cells = " | ".join(value_with_interval(run, "joint", key) for key in keys)
        lines.append(f"| {weight} | {cells} |")
    return "\n".join(lines)


def detector_table() -> str:
    """Return the AUC of the traffic-sign detector by noise level, a column a seed."""
    found = pd.read_csv(DETECTOR)
    seeds = sorted(found.seed.unique())
    lines = [
        "| level | " + " | ".join(f"seed {seed}" for seed in seeds) + " |",
        "|---" * (len(seeds) + 1) + "|",
    ]
    for level, rows in found.groupby("level"):
        cells = [
            f"{row.auc:.3f} ({row.auc_low:.3f} to {row.auc_high:.3f})"
            for row in rows.sort_values("seed").itertuples()
        ]
        lines.append(f"| {level:g} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def classical_table() -> str:
    """Return what denoisers without training reach on the digits, beside the autoencoder."""
    found = {
        name: json.loads((ROOT / f"metrics/{name}.json").read_text())
        for name in ("classical", "classifier", "denoised")
    }
    ours = found["denoised"]
    rows = [("noisy", "", ours["psnr_noisy"], found["classifier"]["clean_trained"])]
    rows += [
        (f"`{name}`", f"{row['parameter']:g}", row["psnr"], row)
        for name, row in found["classical"].items()
    ]
    rows.append(("autoencoder", "", ours["psnr"], ours["denoised_clean_trained"]))
    lines = ["| | parameter | PSNR, dB | accuracy |", "|---|---|---|---|"]
    for name, parameter, psnr, arm in rows:
        interval = f"{arm['accuracy_low']:.4f} to {arm['accuracy_high']:.4f}"
        lines.append(f"| {name} | {parameter} | {psnr:.2f} | {arm['accuracy']:.4f} ({interval}) |")
    return "\n".join(lines)


def photos_table() -> str:
    """Return what the denoiser for photographs reaches on those that were held out."""
    found = pd.read_csv(PHOTOS)
    others = [name for name in found.denoiser.unique() if not name.startswith("ours")]
    found["cell"] = [f"{row.psnr:.2f} / {row.ssim:.3f}" for row in found.itertuples()]
    lines = [
        f"| photograph | noise | {' | '.join(others)} | ours | ahead of the best |",
        "|---" * (len(others) + 4) + "|",
    ]
    for (name, level), part in found.groupby(["photograph", "level"], sort=False):
        rows = part.set_index("denoiser")
        cells = [rows.cell[other] for other in others]
        psnr, ssim = (rows[key]["ours"] - rows.loc[others, key].max() for key in ("psnr", "ssim"))
        lead = f"{psnr:+.2f} / {ssim:+.3f}"
        title = name.partition(".")[0]
        lines.append(f"| {title} | {level} | {' | '.join(cells)} | {rows.cell['ours']} | {lead} |")
    return "\n".join(lines)


def auc_sentence() -> str:
    """Say how well the detector of the default run tells signs from the rest."""
    found = json.loads((ROOT / "metrics/roc.json").read_text())
    return (
        "AUC {auc:.3f} (95% interval {auc_low:.3f} to {auc_high:.3f}), equal error rate {eer:.3f}, "
        "{tpr_at_1pct_fpr:.1%} of the signs\nfound at 1% false alarms."
    ).format(**found)


def portability_table() -> str:
    """Return what `benchmarks.portability` found."""
    return (RESULTS / "portability.md").read_text().rstrip()


def seconds_table() -> str:
    """Return how long each stage of the kept run took."""
    seconds = json.loads((RUN / "seconds.json").read_text())
    lines = ["| stage | minutes |", "|---|---|"]
    lines += [f"| `{stage}` | {value / 60:.1f} |" for stage, value in seconds.items()]
    return "\n".join([*lines, f"| all | {sum(seconds.values()) / 60:.1f} |"])


def provenance() -> str:
    """Say whether the kept run is one of the code that stands here, or which stages moved on."""
    current = yaml.safe_load((ROOT / "params.yaml").read_text())
    current["dataset"] = RUN.name
    stages = yaml.safe_load((RUN / "dvc.lock").read_text())["stages"]
    moved = [name for name, stage in stages.items() if moved_on(stage, {"params.yaml": current})]
    if not moved:
        return "The Fashion-MNIST figures are those of the committed code."
    names = ", ".join(f"`{name}`" for name in moved)
    where = "every stage" if len(moved) == len(stages) else names
    return f"Since the Fashion-MNIST run, the code or its parameters have moved on in {where}."


def moved_on(stage: dict, current: dict[str, dict]) -> bool:
    """Say whether a stage of a `dvc.lock` is not of the code here and of the `current` parameters.

    `current` holds the content of each file of parameters.
    """
    return any(_moved(dep) for dep in stage["deps"]) or not all(
        _same(values, current[file]) for file, values in stage.get("params", {}).items()
    )


def _same(locked, current) -> bool:
    """Say whether each locked parameter has the value that it has now; keys may be dotted."""
    for key, value in locked.items():
        now = current
        for part in key.split("."):
            now = now.get(part) if isinstance(now, dict) else None
        if value != now and not (
            isinstance(value, dict) and isinstance(now, dict) and _same(value, now)
        ):
            return False
    return True


def _moved(dep: dict) -> bool:
    """Say whether a dependency that is kept in Git has another content than in the lock."""
    path = ROOT / dep["path"]
    if path.suffix not in (".py", ".txt"):
        return False
    return not path.exists() or hashlib.md5(path.read_bytes()).hexdigest() != dep["md5"]


def _value(run: Path, file: str, key: str) -> float | None:
    """Return a figure of a run; nothing where the run is older than the figure."""
    path = run / "metrics" / f"{file}.json"
    value = json.loads(path.read_text()) if path.exists() else None
    for part in key.split("."):
        value = value.get(part) if value else None
    return value


def value_with_interval(run: Path, file: str, key: str) -> str:
    found = _value(run, file, key)
    if found is None:
        return ""
    value = _text(key, found)
    low, high = (_value(run, file, f"{key}_{end}") for end in ("low", "high"))
    if low is None:
        return value
    return f"{value} ({_text(key, low)} to {_text(key, high)})"


def _text(key: str, value: float) -> str:
    if "minus" in key:
        return f"{value:+.4f}"
    return f"{value:.2f}" if key.startswith("psnr") else f"{value:.4f}"


TABLES = {
    "results": results_table,
    "control": control_table,
    "photos": photos_table,
    "detector": detector_table,
    "auc": auc_sentence,
    "classical": classical_table,
    "portability": portability_table,
    "seconds": seconds_table,
    "provenance": provenance,
}
PAGES = {"README.md": TABLES, "stages/README.md": {"reruns": reruns_table}}


def updated(text: str, tables: dict[str, Callable[[], str]] = TABLES) -> str:
    """Return a page's text with every table made anew."""
    for name, table in tables.items():
        begin, end = f"<!-- {name} -->", f"<!-- end of {name} -->"
        if begin in text:
            before, _, rest = text.partition(begin)
            text = f"{before}{begin}\n{table()}\n{end}{rest.partition(end)[2]}"
    return text


def main() -> None:
    for name, tables in PAGES.items():
        page = ROOT / name
        page.write_text(updated(page.read_text(), tables))


if __name__ == "__main__":
    main()
