"""Measure the posterior mean over the training images, beside the autoencoder.

The reference sees Gaussian noise as it is. The autoencoder sees the same noise, cut to [0, 1] where
it was trained on such; where it was trained on another kind, it is left out. All images are cut to
[0, 1] before they are scored, the noisy ones too.
"""

import pandas as pd
from tqdm import tqdm

from denoising.artifacts import write_csv
from denoising.evaluation import average, image_scores
from denoising.inference import as_float, denoise
from denoising.noise import add_noise, noise_keys
from denoising.params import Params
from denoising.reference import posterior_mean
from denoising.seeding import make_deterministic
from stages import THREADS
from stages.inputs import read_images, read_network
from stages.running import PLOTS, run


def main(params: Params) -> None:
    make_deterministic(params.seed, THREADS)
    known = read_images("train", params.dataset, noisy=False).clean
    test = read_images("test", params.dataset, noisy=False)
    autoencoder = read_network("autoencoder", test)
    clean = as_float(test.clean[: params.sweep.images])
    keys = noise_keys(params.seed, "test", "gaussian", range(len(clean)))
    rows = []
    for level in tqdm([level for level in params.sweep.levels if level], desc="reference"):
        noisy = add_noise(clean, level, keys, "gaussian", clip=False)
        denoised = {"posterior_mean": posterior_mean(noisy, known, level), "noisy": noisy}
        if params.noise.kind == "gaussian":
            seen = noisy.clip(0, 1) if params.noise.clip else noisy
            denoised["autoencoder"] = denoise(autoencoder, seen, level)
        for name, images in denoised.items():
            scores = image_scores(clean, images)
            row = {"level": level, "denoiser": name, "n": len(clean)}
            row |= average("psnr", scores["psnr"], params.seed)
            rows.append(row | {score: scores[score].mean() for score in ("ssim", "mae")})
    write_csv(PLOTS / "reference.csv", pd.DataFrame(rows))


if __name__ == "__main__":
    run("evaluate_reference", main)
