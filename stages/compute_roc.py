"""Compute the traffic-sign detector's ROC curve from the ground truth and its outputs."""

import numpy as np

from denoising.config.params import Params
from denoising.evaluation.intervals import Estimate
from denoising.evaluation.roc import precision_recall, roc_curve, summary, thinned
from denoising.files.atomic import existing
from denoising.files.tables import write_csv
from denoising.traffic_signs.detector_files import read_pair
from stages._measures import measure_table, write_metrics
from stages._paths import DETECTOR, PLOTS
from stages._runner import run

DETECTOR_METRICS = ("auc", "eer", "tpr_at_1pct_fpr")


def main(params: Params) -> None:
    files = existing(DETECTOR / "ground_truth.txt"), existing(DETECTOR / "outputs.txt")
    labels, outputs = read_pair(*files, positive_label=1)
    found = summary(labels, outputs)
    measures = {
        name: Estimate(value, found.get(f"{name}_low"), found.get(f"{name}_high"))
        for name, value in found.items()
        if not name.endswith(("_low", "_high"))
    }
    write_metrics("detector", measures, DETECTOR_METRICS)
    write_csv(PLOTS / "detector" / "summary.csv", measure_table(measures))
    area = "AUC {auc:.3f} (95%: {auc_low:.3f} to {auc_high:.3f})".format(**found)
    precision = "average precision {average_precision:.3f}".format(**found)
    for name, curve, legend in (
        ("roc", roc_curve(labels, outputs), area),
        ("precision_recall", precision_recall(labels, outputs), precision),
    ):
        points = thinned(curve).replace([np.inf, -np.inf], np.nan).assign(curve=legend)
        write_csv(PLOTS / "detector" / f"{name}.csv", points)
    print(f"detector: {area}, {precision}")


if __name__ == "__main__":
    run("compute_roc", main)
