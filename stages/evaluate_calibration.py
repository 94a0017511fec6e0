"""Measure the calibration of every arm on noisy test images, as trained and calibrated.

Calibrated logits are divided by the temperature that `calibrate` fitted.
"""

import pandas as pd

from denoising.config.params import Params
from denoising.evaluation.calibration import ece, reliability
from denoising.evaluation.scores import correct, nll
from denoising.evaluation.summaries import average
from denoising.evaluation.verdicts import judge
from denoising.files.tables import write_csv, write_json
from denoising.seeding import make_deterministic
from stages import THREADS
from stages._arms import read_networks, read_temperatures
from stages._images import read_noisy
from stages._paths import METRICS, PLOTS
from stages._runner import run


def main(params: Params) -> None:
    make_deterministic(params.seed, THREADS)
    temperatures = read_temperatures()
    test = read_noisy("test", params.dataset)
    networks = read_networks(test)
    metrics, tables = {}, []
    for arm, verdict in judge(networks, test.noisy, params.noise.level).items():
        metrics[arm] = average("accuracy", correct(verdict.logits, test.labels), params.seed)
        metrics[arm]["temperature"] = temperatures[arm]
        for state, temperature in (("", 1.0), ("_calibrated", temperatures[arm])):
            logits = verdict.logits / temperature
            metrics[arm][f"nll{state}"] = float(nll(logits, test.labels).mean())
            metrics[arm][f"ece{state}"] = ece(logits, test.labels)
            bins = reliability(logits, test.labels)
            when = "calibrated" if state else "as trained"
            tables.append(bins.assign(arm=arm, when=when))
    write_json(METRICS / "calibration.json", metrics)
    write_csv(PLOTS / "reliability.csv", pd.concat(tables))


if __name__ == "__main__":
    run("evaluate_calibration", main)
