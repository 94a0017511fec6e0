"""Write the report: a page that summarises the run in words, tables, charts and pictures."""

from collections.abc import Mapping
from pathlib import Path

import keras
import pandas as pd

from denoising.config.params import Params
from denoising.evaluation.arms import NETWORKS
from denoising.files.atomic import replacing
from denoising.files.tables import read_csv, read_json
from denoising.images import as_float
from denoising.report.facts import data_facts, network_facts, noise_facts
from denoising.report.page import Run, build
from denoising.report.panel import Example, Shown, choose, look
from denoising.seeding import make_deterministic
from stages import THREADS
from stages._arms import read_networks, read_temperatures
from stages._images import Images, read_clean
from stages._paths import METRICS, PLOTS
from stages._runner import run

REPORT = Path("report/index.html")
MEASURED = (
    *("calibration", "classical", "classifier", "data"),
    *("denoised", "joint", "roc", "sweep"),
)


def main(params: Params) -> None:
    make_deterministic(params.seed, THREADS)
    test = read_clean("test", params.dataset)
    networks = read_networks(test)
    metrics = {name: read_json(METRICS / f"{name}.json") for name in MEASURED}
    histories = {name: read_table(f"history/{name}") for name in NETWORKS}
    sizes = {name: network.count_params() for name, network in networks.items()}
    epochs = {name: len(history) for name, history in histories.items()}
    page = build(
        Run(
            metrics=metrics,
            sweep=read_table("sweep"),
            roc=read_table("detector/roc"),
            histories=histories,
            noise=params.noise,
            levels=params.sweep.levels,
            kinds=[*params.sweep.kinds],
            examples=look_at_some(networks, test, params),
            facts=(
                data_facts(metrics["data"], params.seed),
                noise_facts(params.noise, params.training.noise, params.autoencoder),
                network_facts(params.classifier, params.autoencoder, params.joint, sizes, epochs),
            ),
            joint_weight=params.joint.classification_weight,
            detector=params.detector.source,
        )
    )
    with replacing(REPORT) as partial:
        partial.write_text(page, encoding="utf-8")


def read_table(name: str) -> pd.DataFrame:
    """Read a table that an earlier stage wrote."""
    return read_csv(PLOTS / f"{name}.csv")


def look_at_some(
    networks: Mapping[str, keras.Model], test: Images, params: Params
) -> list[Example]:
    """Return some test images at every level of the sweep and at the level of the noise."""
    levels = sorted({*params.sweep.levels, params.noise.level})
    shown = choose(test.labels, test.clean.shape[1:], len(levels))
    return look(
        networks,
        Shown(as_float(test.clean[shown]), test.labels[shown], shown, params.data.source.classes),
        levels,
        params.noise,
        params.seed,
        read_temperatures(),
    )


if __name__ == "__main__":
    run("report", main)
