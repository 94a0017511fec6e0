"""Print the PSNR of the trained autoencoder beside denoisers that need no training.

Run `dvc repro` first, then `python -m benchmarks.classical`: it reads the images and the model that
the pipeline wrote. Each parameter is chosen on validation images; all are scored on the same test
images.
"""

import sys

import stages  # noqa: F401  pins the threads, so it comes before NumPy

# isort: split
from denoising.artifacts import read_json, read_model
from denoising.classical import DENOISERS, choose
from denoising.classical import denoise as denoise_classically
from denoising.errors import UserError
from denoising.inference import as_float, denoise
from denoising.scores import psnr
from stages.running import MODELS, NOISY, read_images

IMAGES = 300


def main() -> None:
    validation, test = read_images("validation"), read_images("test")
    clean, noisy = as_float(test.clean[:IMAGES]), test.noisy[:IMAGES]
    print(f"| {len(noisy)} test images | parameter | PSNR, dB |\n|---|---|---|")
    print(f"| noisy | | {psnr(clean, noisy).mean():.2f} |")
    best = 0.0
    for name in DENOISERS:
        chosen = choose(name, as_float(validation.clean[:IMAGES]), validation.noisy[:IMAGES])
        scored = psnr(clean, denoise_classically(name, noisy, chosen)).mean()
        best = max(best, scored)
        print(f"| {name} | {chosen} | {scored:.2f} |")
    level = read_json(NOISY / "test" / "noise.json")["level"]
    ours = psnr(clean, denoise(read_model(MODELS / "autoencoder.keras"), noisy, level)).mean()
    print(f"| autoencoder | | {ours:.2f}, {ours - best:.2f} above the best |")


if __name__ == "__main__":
    try:
        main()
    except UserError as error:
        sys.exit(f"error: {error}")
