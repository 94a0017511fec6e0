"""Fetch the selected data set and split it into training, validation and test images."""

from denoising.config.params import Params
from denoising.datasets.registry import load
from denoising.files.arrays import write_array
from denoising.files.tables import write_json
from stages._paths import CLEAN, METRICS
from stages._runner import run


def main(params: Params) -> None:
    source = params.data.source
    splits, classes = load(source, params.dataset, params.seed), len(source.classes)
    for name, split in splits.items():
        write_array(CLEAN / name / "images.npy", split.images)
        write_array(CLEAN / name / "labels.npy", split.labels)
        write_json(CLEAN / name / "dataset.json", {"dataset": params.dataset, "classes": classes})
    height, width, channels = splits["train"].images.shape[1:]
    sizes = {name: len(split.labels) for name, split in splits.items()}
    shape = {"height": height, "width": width, "channels": channels}
    write_json(
        METRICS / "data.json",
        {"dataset": params.dataset, **sizes, **shape, "classes": classes},
    )


if __name__ == "__main__":
    run("download", main)
