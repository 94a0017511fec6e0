"""Time PSNR and SSIM of 10,000 images beside scikit-image: `python -m tools.benchmark_scores`.

The images have 28×28 pixels. Both run in one process, in turn, with BLAS in one thread as in the
stages; the quickest of three rounds counts, as other programs can only add to it.
"""

import stages  # noqa: F401  pins the threads of BLAS, so it comes before NumPy

# isort: split
import time
from collections.abc import Callable
from typing import Any

import numpy as np
from skimage.metrics import peak_signal_noise_ratio, structural_similarity

from denoising.evaluation.scores import psnr, ssim
from tools._program import run

IMAGES, SIDE, LEVEL = 10_000, 28, 0.2
ROUNDS = 3

Score = Callable[[np.ndarray, np.ndarray], np.ndarray]


def loop(score: Callable[..., Any], **options: Any) -> Score:
    """Return a function of scikit-image, called for each image."""

    def scores(clean: np.ndarray, noisy: np.ndarray) -> np.ndarray:
        pairs = zip(clean, noisy, strict=True)
        return np.array([score(one, other, data_range=1.0, **options) for one, other in pairs])

    return scores


WANG = {"channel_axis": -1, "gaussian_weights": True, "use_sample_covariance": False}
SCORES: dict[str, tuple[Score, Score]] = {
    "PSNR": (psnr, loop(peak_signal_noise_ratio)),
    "SSIM": (ssim, loop(structural_similarity, **WANG)),
}


def main() -> None:
    random = np.random.default_rng(0)
    clean = random.random((IMAGES, SIDE, SIDE, 1), dtype=np.float32)
    noise = random.normal(0, LEVEL, clean.shape).astype(np.float32)
    noisy = np.clip(clean + noise, 0, 1)
    totals = np.zeros(2)
    for name, both in SCORES.items():
        rounds = [[timed(score, clean, noisy) for score in both] for _ in range(ROUNDS)]
        seconds = np.min([[taken for _, taken in one] for one in rounds], axis=0)
        (ours, _), (theirs, _) = rounds[0]
        totals += seconds
        print(line(name, *seconds), f"largest difference {abs(ours - theirs).max():.0e}")
    print(line("both", *totals), "in all")


def timed(score: Score, clean: np.ndarray, noisy: np.ndarray) -> tuple[np.ndarray, float]:
    """Return the scores of all images, and the seconds taken."""
    start = time.perf_counter()
    return score(clean, noisy), time.perf_counter() - start


def line(name: str, ours: float, theirs: float) -> str:
    """Return the seconds of a score, ours and scikit-image's, and their ratio."""
    return f"{name}: {ours:.3f} s, scikit-image {theirs:.3f} s, {theirs / ours:.1f} times as long,"


if __name__ == "__main__":
    run(main)
