"""Compute the traffic-sign detector's ROC curve from the ground truth and its outputs."""

import numpy as np

from denoising.config.params import Params
from denoising.evaluation.roc import precision_recall, roc_curve, summary, thinned
from denoising.files.atomic import existing
from denoising.files.tables import write_csv, write_json
from denoising.traffic_signs.detector_files import read_pair
from stages._paths import DETECTOR, METRICS, PLOTS
from stages._runner import run


def main(params: Params) -> None:
    files = existing(DETECTOR / "ground_truth.txt"), existing(DETECTOR / "outputs.txt")
    labels, outputs = read_pair(*files, positive_label=1)
    metrics = summary(labels, outputs, params.roc.resamples, params.seed)
    write_json(METRICS / "roc.json", metrics)
    area = "AUC {auc:.3f} (95%: {auc_low:.3f} to {auc_high:.3f})".format(**metrics)
    precision = "average precision {average_precision:.3f}".format(**metrics)
    for name, curve, legend in (
        ("roc", roc_curve(labels, outputs), area),
        ("precision_recall", precision_recall(labels, outputs), precision),
    ):
        points = thinned(curve).replace(np.inf, np.nan).assign(curve=legend)
        write_csv(PLOTS / "detector" / f"{name}.csv", points)


if __name__ == "__main__":
    run("compute_roc", main)
