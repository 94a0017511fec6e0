"""Print the PSNR of the trained autoencoder beside denoisers that need no training.

Run `dvc repro` first, then `python -m benchmarks.classical`: it reads the noisy images and the
metrics that the pipeline wrote. Each parameter is chosen on the validation images.
"""

from denoising.artifacts import read_json
from denoising.classical import DENOISERS, choose, denoise
from denoising.inference import as_float
from denoising.scores import psnr
from stages.running import METRICS, read_images

IMAGES = 300


def main() -> None:
    validation, test = read_images("validation"), read_images("test")
    metrics = read_json(METRICS / "denoised.json")
    chosen, best = {}, 0.0
    for name in DENOISERS:
        clean = as_float(validation.clean[:IMAGES])
        chosen[name] = choose(name, clean, validation.noisy[:IMAGES])
        denoised = denoise(name, test.noisy[:IMAGES], chosen[name])
        scored = psnr(as_float(test.clean[:IMAGES]), denoised).mean()
        best = max(best, scored)
        print(f"{name:12} {scored:6.2f} dB  (parameter {chosen[name]}, {len(denoised)} images)")
    print(f"{'noisy':12} {metrics['psnr_noisy']:6.2f} dB")
    print(f"{'autoencoder':12} {metrics['psnr']:6.2f} dB")
    print(f"{'ahead of the best by':20} {metrics['psnr'] - best:6.2f} dB")


if __name__ == "__main__":
    main()
