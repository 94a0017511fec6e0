"""Run the traffic-sign detector on rendered scenes, or read another detector's outputs."""

import numpy as np
from matplotlib.figure import Figure

from denoising.config.params import Params
from denoising.files.arrays import write_values
from denoising.files.figures import write_figure
from denoising.noise.apply import noisy_images
from denoising.plots.figures import distributions, picture_rows
from denoising.traffic_signs.detector import detect, train
from denoising.traffic_signs.detector_files import read_pair
from denoising.traffic_signs.scenes import render
from stages._paths import DETECTOR
from stages._runner import run

PICTURES = 10


def main(params: Params) -> None:
    settings = params.detector
    if settings.source == "files":
        labels, outputs = read_pair(
            settings.ground_truth, settings.outputs, settings.positive_label
        )
        picture = distributions({"signs": outputs[labels == 1], "others": outputs[labels == 0]})
    else:
        patches, labels, outputs = run_rendered(params)
        picture = examples(patches, labels, outputs)
    write_figure(DETECTOR / "patches.png", picture)
    write_values(DETECTOR / "ground_truth.txt", labels)
    write_values(DETECTOR / "outputs.txt", outputs)
    print(f"detector: {len(labels):,} patches scored, {labels.sum():,} of them with a sign")


def run_rendered(params: Params) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Train on clean scenes; return noisy patches of other scenes, their labels and the outputs."""
    noise, seed = params.noise, params.seed
    detector = train(*render(seed, "train", params.detector.training_patches))
    clean, labels = render(seed, "test", params.detector.scored_patches)
    noisy = noisy_images(clean, noise, seed, "detector")
    return noisy, labels, detect(detector, noisy)


def examples(patches: np.ndarray, labels: np.ndarray, outputs: np.ndarray) -> Figure:
    """Draw signs found, signs missed, false alarms and correct rejections, with the outputs."""
    order = np.argsort(outputs, kind="stable")
    signs, others = order[labels[order] == 1], order[labels[order] == 0]
    rows = {
        "surest signs": signs[::-1],
        "missed signs": signs,
        "false alarms": others[::-1],
        "surest others": others,
    }
    rows = {title: members[:PICTURES] for title, members in rows.items()}
    notes = {
        title: [
            (f"{outputs[one]:+.1f}", bool((outputs[one] > 0) == labels[one])) for one in members
        ]
        for title, members in rows.items()
    }
    rows = {title: np.clip(patches[members], 0, 1) for title, members in rows.items()}
    return picture_rows(rows, notes)


if __name__ == "__main__":
    run("run_detector", main)
