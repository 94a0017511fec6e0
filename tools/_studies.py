"""Tables of the studies of traffic signs and of trials, and of portability."""

import math
from typing import Any

import pandas as pd

from denoising.files.atomic import existing
from denoising.files.tables import read_csv
from tools._kept import DIGITS, Value, markdown
from tools._program import RESULTS

SCORES = RESULTS / "traffic_signs" / "scores.csv"
TRIALS = RESULTS / "trials" / "trials.csv"
PORTABILITY = RESULTS / "portability.md"


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


def tried() -> str:
    """Return what changes of parameters gave, beside each network without changes."""
    if not TRIALS.is_file():
        return "No run of this study is kept yet."
    rows = [
        {
            "trial": found["name"].replace("_", " "),
            "changed": ", ".join(f"`{one}`" for one in found["changed"].split("; ") if one),
            "accuracy": _shown(found, "accuracy", 4),
            "gain (paired)": _shown(found, "gain", 4, signed=True),
            "PSNR (dB)": _shown(found, "psnr", 2),
            "SSIM, uniform": _shown(found, "ssim_uniform", 4),
            "MAE": _shown(found, "mae", 4),
            "epochs": f"{found['epochs']}",
        }
        for found in read_csv(TRIALS).fillna({"changed": ""}).to_dict("records")
    ]
    return markdown(pd.DataFrame(rows))


def _shown(found: dict[str, Any], name: str, decimals: int, *, signed: bool = False) -> str:
    """Return a number of a row with its interval; empty if it has none."""
    number, low, high = (found.get(f"{name}{end}", math.nan) for end in ("", "_low", "_high"))
    return "" if math.isnan(number) else str(Value(number, low, high, decimals, signed))
