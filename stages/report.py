"""Write the report: a page that summarises the run in words, tables, charts and pictures."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from denoising.config.params import Params
from denoising.evaluation.arms import ARMS, NETWORKS
from denoising.files.atomic import replacing
from denoising.files.tables import read_csv, write_csv
from denoising.images import as_float
from denoising.inference.engine import Network
from denoising.inference.work import multiply_adds
from denoising.report import results
from denoising.report.facts import Facts, data_facts, network_facts, noise_facts, software_facts
from denoising.report.look import Shown, choose, look
from denoising.report.page import build
from denoising.report.panel import Example
from stages._arms import read_networks, read_temperatures
from stages._images import Images, read_clean
from stages._measures import ARM_PARTS, DIFFERENCE_PARTS
from stages._paths import CLEAN, MODELS, PLOTS
from stages._runner import run

REPORT = Path("report/index.html")
SPLITS = ("train", "validation", "test")
MEASURED = ("classifier", "denoised", "joint", "classical")
COMPARED = ("denoised", "joint")


def main(params: Params) -> None:
    test = read_clean("test", params.dataset)
    networks = read_networks(test, params.threads)
    parts = [read_csv(ARM_PARTS / f"{part}.csv") for part in MEASURED]
    arms = results.join_arms([*parts, work(test)])
    differences = pd.concat(read_csv(DIFFERENCE_PARTS / f"{part}.csv") for part in COMPARED)
    write_csv(PLOTS / "arms.csv", arms)
    write_csv(PLOTS / "differences.csv", differences)
    data = results.read_data(read_table("data"))
    histories = {name: read_table(f"history/{name}") for name in NETWORKS}
    page = build(
        results.Run(
            data=data,
            arms=results.read_arms(arms),
            differences=results.read_differences(differences),
            break_even=results.read_break_even(read_table("break_even")),
            detector=results.read_measures(read_table("detector/summary")),
            calibration=read_table("calibration"),
            filters=read_table("filters"),
            over_levels=read_table("over_levels"),
            sweep=read_table("sweep"),
            roc=read_table("detector/roc"),
            histories=histories,
            noise=params.noise,
            levels=params.sweep.levels,
            examples=look_at_some(networks, test, params),
            facts=facts(params, data, networks, histories),
            joint_weight=params.joint.classification_weight,
            detector_source=params.detector.source,
        )
    )
    with replacing(REPORT) as partial:
        partial.write_text(page, encoding="utf-8")


def read_table(name: str) -> pd.DataFrame:
    """Read a table that an earlier stage wrote."""
    return read_csv(PLOTS / f"{name}.csv")


def work(test: Images) -> pd.DataFrame:
    """Return the multiply-adds of each arm for one image, as rows of the table of arms."""
    shape = test.clean.shape[1:]
    counts = {name: multiply_adds(MODELS / f"{name}.onnx", shape) for name in NETWORKS}
    totals = [sum(counts[name] for name in arm.networks) for arm in ARMS.values()]
    return pd.DataFrame({"arm": [*ARMS], "measure": "multiply_adds", "value": totals})


def facts(
    params: Params,
    data: dict[str, Any],
    networks: Mapping[str, Network],
    histories: dict[str, pd.DataFrame],
) -> Facts:
    """Describe the data, the noise, the networks and the software of the run."""
    sizes = {name: network.count_params() for name, network in networks.items()}
    epochs = {name: len(history) for name, history in histories.items()}
    files = [CLEAN / split / f"{name}.npy" for split in SPLITS for name in ("images", "labels")]
    return Facts(
        data_facts(data, params.seed),
        noise_facts(params.noise, params.training),
        network_facts(params.classifier, params.autoencoder, params.joint, sizes, epochs),
        software_facts(settings(params), files),
    )


def settings(params: Params) -> dict[str, Any]:
    """Return every parameter of the run: all but those of other data sets."""
    sections = {
        "noise": params.noise,
        "training": params.training,
        "classifier": params.classifier,
        "autoencoder": params.autoencoder,
        "joint": params.joint,
        "sweep": params.sweep,
        "classical": params.classical,
        "detector": params.detector,
        "data": params.data,
    }
    values = {name: section.model_dump(mode="json") for name, section in sections.items()}
    return values | {"seed": params.seed, "threads": params.threads, "dataset": params.dataset}


def look_at_some(networks: Mapping[str, Network], test: Images, params: Params) -> list[Example]:
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
