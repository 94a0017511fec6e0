"""Add noise to the validation and test images, and to the training images if it is fixed.

`noise.json` describes the noise of each split. Fresh training noise is drawn during training.
"""

import numpy as np
from tqdm import tqdm

from denoising.config.noise import Noise
from denoising.config.params import Params
from denoising.files.arrays import writing_array
from denoising.files.tables import write_json
from denoising.noise.apply import noisy_images
from denoising.noise.kinds import KINDS
from stages._images import read_clean
from stages._paths import NOISY
from stages._runner import run

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
    noise = f"{KINDS[params.noise.kind].label} noise of level {params.noise.level:g}"
    splits = f"{', '.join(stored[:-1])} and {stored[-1]}"
    print(f"{noise}: added to the {splits} images")


def write_noisy(split: str, dataset: str, noise: Noise, seed: int) -> None:
    clean = read_clean(split, dataset).clean
    with writing_array(NOISY / split / "images.npy", clean.shape, "float32") as noisy:
        for start in tqdm(range(0, len(clean), CHUNK), desc=f"noise, {split}"):
            indices = np.arange(start, min(start + CHUNK, len(clean)))
            noisy[indices] = noisy_images(clean[indices], noise, seed, split, indices=indices)


if __name__ == "__main__":
    run("add_noise", main)
