"""Tables of the studies of photographs and of traffic signs, and of portability."""

import pandas as pd

from denoising.evaluation.arms import FILTER_ARMS
from denoising.files.atomic import existing
from denoising.files.tables import read_csv
from tools._kept import DIGITS, markdown
from tools._program import RESULTS

MEASURES = RESULTS / "photographs" / "measures.csv"
SCORES = RESULTS / "traffic_signs" / "scores.csv"
PORTABILITY = RESULTS / "portability.md"


def photographs() -> str:
    """Return PSNR and SSIM of each denoiser on each held-out photograph."""
    rows = []
    measures = read_csv(MEASURES)
    for name, level in measures[["photograph", "level"]].drop_duplicates().to_numpy():
        part = measures[(measures["photograph"] == name) & (measures["level"] == level)]
        found = part.set_index("denoiser")[["psnr", "ssim"]]
        best = found.loc[list(FILTER_ARMS)].max()
        names = ["noisy", *FILTER_ARMS, "ours"]
        labels = ["noisy", *(arm.label for arm in FILTER_ARMS.values()), "ours"]
        cells = {
            label: f"{found.loc[one, 'psnr']:.2f} / {found.loc[one, 'ssim']:.3f}"
            for one, label in zip(names, labels, strict=True)
        }
        lead = found.loc["ours"] - best
        row = {"photograph": name.partition(".")[0], "noise (of 255)": str(level), **cells}
        rows.append(row | {"lead over the best": f"{lead['psnr']:+.2f} / {lead['ssim']:+.3f}"})
    return markdown(pd.DataFrame(rows))


def auc() -> str:
    """Return a sentence on the detector's ROC curve at the default noise level."""
    table = read_csv(DIGITS / "plots/detector/summary.csv").set_index("measure")
    value, area = table["value"], table.loc["auc"]
    return (
        f"AUC {area['value']:.3f} (95% interval {area['low']:.3f} to {area['high']:.3f}), "
        f"equal error rate {value['eer']:.3f}, and a true positive\n"
        f"rate of {value['tpr_at_1pct_fpr']:.1%} at 1% false positives."
    )


def detector() -> str:
    """Return the detector's AUC by noise level, a column for each seed."""
    scores = read_csv(SCORES)
    scores["cell"] = [
        f"{auc:.3f} ({low:.3f} to {high:.3f})"
        for auc, low, high in scores[["auc", "auc_low", "auc_high"]].to_numpy()
    ]
    table = scores.pivot(index="level", columns="seed", values="cell")
    table.columns = [f"seed {seed}" for seed in table.columns]
    table.index = pd.Index([f"{level:g}" for level in table.index], name="level")
    return markdown(table.reset_index())


def portability() -> str:
    """Return the table that `tools.portability` wrote."""
    return existing(PORTABILITY).read_text("utf-8").rstrip()
