"""Fetch the selected data set and split it into training, validation and test images."""

import pandas as pd

from denoising.config.params import Params
from denoising.datasets.registry import divide
from denoising.files.arrays import write_array, write_blocks
from denoising.files.tables import write_csv, write_json
from stages._paths import CLEAN, PLOTS
from stages._runner import run


def main(params: Params) -> None:
    source = params.data.source
    splits, classes = divide(source, params.dataset, params.seed), len(source.classes)
    for name, split in splits.items():
        write_blocks(CLEAN / name / "images.npy", split.shape, "uint8", split.blocks())
        write_array(CLEAN / name / "labels.npy", split.labels)
        write_json(CLEAN / name / "dataset.json", {"dataset": params.dataset, "classes": classes})
    height, width, channels = splits["train"].shape[1:]
    numbers = {name: len(split.labels) for name, split in splits.items()}
    facts = {
        "dataset": params.dataset,
        **numbers,
        **{"height": height, "width": width, "channels": channels, "classes": classes},
    }
    table = pd.DataFrame({"measure": facts.keys(), "value": facts.values()})
    write_csv(PLOTS / "data.csv", table)
    listed = ", ".join(f"{number:,} {name}" for name, number in numbers.items())
    known = f"{classes} classes" if classes else "no classes, for denoising alone"
    print(f"{params.dataset}: {listed} images of {height}×{width} pixels, {known}")


if __name__ == "__main__":
    run("download", main)
