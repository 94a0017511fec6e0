"""Measure the posterior mean over the training images, compared with the autoencoder.

The posterior mean gets Gaussian noise without clipping. The autoencoder gets the same noise,
clipped if it was trained on clipped noise, and is left out if it was trained on another kind. All
images, the noisy ones too, are clipped to [0, 1] before they are scored.
"""

import pandas as pd
from tqdm import tqdm

from denoising.baselines.posterior_mean import posterior_mean
from denoising.config.noise import Noise
from denoising.config.params import Params
from denoising.evaluation.intervals import mean
from denoising.evaluation.summaries import image_scores
from denoising.files.tables import write_csv
from denoising.images import as_float
from denoising.inference.predict import denoise
from denoising.noise.apply import noisy_images
from stages._images import read_clean
from stages._measured import part_of
from stages._models import read_network
from stages._paths import PLOTS
from stages._runner import run


def main(params: Params) -> None:
    known = read_clean("train", params.dataset).clean
    test = read_clean("test", params.dataset)
    autoencoder = read_network("autoencoder", test, params.threads)
    part = part_of(test, "test", params.seed, params.sweep.images, params.sweep.fraction)
    clean = as_float(test.clean[part])
    rows = []
    for level in tqdm([level for level in params.sweep.levels if level], desc="reference"):
        noise = Noise(kind="gaussian", level=level, clip=False)
        noisy = noisy_images(clean, noise, params.seed, "test", indices=part)
        denoised = {"posterior_mean": posterior_mean(noisy, known, level), "noisy": noisy}
        if params.noise.kind == "gaussian":
            seen = noisy.clip(0, 1) if params.noise.clip else noisy
            denoised["autoencoder"] = denoise(autoencoder, seen, level)
        for name, images in denoised.items():
            scores = image_scores(clean, images)
            row = {"level": level, "denoiser": name, "n": len(clean)}
            row |= mean(scores["psnr"], params.seed).columns("psnr")
            rows.append(row | {score: scores[score].mean() for score in ("ssim", "mae")})
    table = pd.DataFrame(rows)
    write_csv(PLOTS / "reference.csv", table)
    for name, psnr in table.groupby("denoiser", sort=False)["psnr"]:
        label = str(name).replace("_", " ")
        print(f"{label}: PSNR {psnr.mean():.1f} dB, averaged over the levels")


if __name__ == "__main__":
    run("evaluate_reference", main)
