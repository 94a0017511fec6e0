"""Add noise to the validation and test images, and to the training images where it is fixed.

Each split has `noise.json`, which says what was added; fresh training noise is drawn in training.
"""

import numpy as np
from tqdm import tqdm

from denoising.artifacts import write_json, writing_array
from denoising.noise import add_noise, noise_keys
from denoising.params import Noise, Params
from stages.inputs import read_images
from stages.running import NOISY, run

CHUNK = 500


def main(params: Params) -> None:
    stored = ["validation", "test"]
    if params.training.noise == "fixed":
        stored.insert(0, "train")
    for split in stored:
        write_noisy(split, params.dataset, params.noise, params.seed)
    for split in ("train", "validation", "test"):
        description = params.noise.model_dump() | {"stored": split in stored}
        write_json(NOISY / split / "noise.json", description)


def write_noisy(split: str, dataset: str, noise: Noise, seed: int) -> None:
    clean = read_images(split, dataset, noisy=False).clean
    with writing_array(NOISY / split / "images.npy", clean.shape, "float32") as noisy:
        for start in tqdm(range(0, len(clean), CHUNK), desc=f"{noise.kind} noise, {split}"):
            part = clean[start : start + CHUNK].astype(np.float32) / 255
            keys = noise_keys(seed, split, noise.kind, range(start, start + len(part)))
            noisy[start : start + CHUNK] = add_noise(
                part, noise.level, keys, noise.kind, noise.clip
            )


if __name__ == "__main__":
    run("add_noise", main)
