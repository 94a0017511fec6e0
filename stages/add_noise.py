"""Add noise to the validation and test images, and to the training images if it is fixed.

`noise.json` describes the noise of each split. Fresh training noise is drawn during training.
"""

from tqdm import tqdm

from denoising.config.noise import Noise
from denoising.config.params import Params
from denoising.files.arrays import write_blocks
from denoising.files.tables import write_json
from denoising.inference.blocks import blocks
from denoising.noise.kinds import KINDS
from denoising.noise.storage import storage_type
from stages._images import read_clean
from stages._noise import noisy_blocks
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
    clean = read_clean(split, dataset).clean
    number = len([*blocks(clean.shape)])
    drawn = tqdm(noisy_blocks(clean, noise, seed, split), desc=f"noise, {split}", total=number)
    write_blocks(NOISY / split / "images.npy", clean.shape, storage_type(noise), drawn)


if __name__ == "__main__":
    run("add_noise", main)
