"""Add noise to the validation and test images, and to the training images if it is fixed.

`noise.json` describes the noise of each split. Fresh training noise is drawn during training.
"""

from collections.abc import Iterator

import numpy as np
from tqdm import tqdm

from denoising.config.noise import Noise
from denoising.config.params import Params
from denoising.files.arrays import write_blocks
from denoising.files.tables import write_json
from denoising.inference.blocks import blocks
from denoising.noise.apply import noisy_images
from denoising.noise.kinds import KINDS
from denoising.noise.storage import storage_type, stored
from stages._images import read_clean
from stages._paths import NOISY
from stages._runner import run


def main(params: Params) -> None:
    splits = ["validation", "test"]
    if params.training.noise == "fixed":
        splits.insert(0, "train")
    for split in splits:
        write_noisy(split, params.dataset, params.noise, params.seed)
    for split in ("train", "validation", "test"):
        description = params.noise.model_dump() | {"stored": split in splits}
        write_json(NOISY / split / "noise.json", description)
    noise = f"{KINDS[params.noise.kind].label} noise of level {params.noise.level:g}"
    names = f"{', '.join(splits[:-1])} and {splits[-1]}"
    print(f"{noise}: added to the {names} images")


def write_noisy(split: str, dataset: str, noise: Noise, seed: int) -> None:
    clean, dtype = read_clean(split, dataset).clean, storage_type(noise)

    def noisy() -> Iterator[np.ndarray]:
        for part in tqdm([*blocks(clean.shape)], desc=f"noise, {split}"):
            indices = range(len(clean))[part]
            drawn = noisy_images(clean[part], noise, seed, split, indices=indices)
            yield stored(drawn, dtype)

    write_blocks(NOISY / split / "images.npy", clean.shape, dtype, noisy())


if __name__ == "__main__":
    run("add_noise", main)
