"""Measure the calibration of every arm on noisy test images, as trained and calibrated.

Calibrated logits are divided by the temperature that `calibrate` fitted.
"""

import pandas as pd

from denoising.config.params import Params
from denoising.evaluation.arms import ARMS
from denoising.evaluation.calibration import ece_estimate, perfect_ece, reliability
from denoising.evaluation.scores import nll
from denoising.evaluation.verdicts import all_logits
from denoising.files.tables import write_csv
from stages._arms import read_networks, read_temperatures
from stages._images import read_level, read_noisy
from stages._paths import PLOTS
from stages._runner import run


def main(params: Params) -> None:
    temperatures = read_temperatures()
    test = read_noisy("test", params.dataset)
    networks = read_networks(test, params.threads)
    rows, tables = [], []
    for arm, found in all_logits(networks, test.noisy, read_level("test")).items():
        row = {"arm": arm, "temperature": temperatures[arm]}
        for state, temperature in (("", 1.0), ("_calibrated", temperatures[arm])):
            logits = found / temperature
            row[f"nll{state}"] = float(nll(logits, test.labels).mean())
            row |= ece_estimate(logits, test.labels, params.seed).columns(f"ece{state}")
            row[f"ece{state}_perfect"] = perfect_ece(logits, params.seed).value
            bins = reliability(logits, test.labels)
            when = "calibrated" if state else "as trained"
            tables.append(bins.assign(arm=arm, when=when))
        rows.append(row)
        print(
            f"{ARMS[arm].label}: calibration error {row['ece']:.3f} as trained, "
            f"{row['ece_calibrated']:.3f} calibrated"
        )
    write_csv(PLOTS / "calibration.csv", pd.DataFrame(rows))
    write_csv(PLOTS / "reliability.csv", pd.concat(tables))


if __name__ == "__main__":
    run("evaluate_calibration", main)
