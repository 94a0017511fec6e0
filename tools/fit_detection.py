"""Fit the detection of noise: `python -m tools.fit_detection PHOTOGRAPHS PAIRS`.

PHOTOGRAPHS is a folder of photographs with little noise, such as the training and test parts of
BSDS500; PAIRS holds real pairs, ``…_real.JPG`` and ``…_mean.JPG``, of the PolyU data set. Writes
denoising/noise/detection.json. The level aimed at is the one at which the denoiser for photographs
reaches the best PSNR, found by trying nine. Takes about 10 minutes on two cores.
"""

import argparse
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.preprocessing import StandardScaler

from denoising.files.tables import write_json
from denoising.inference.engine import Network, open_network
from denoising.inference.pretrained import PHOTOS
from denoising.inference.tiling import denoise_large
from denoising.noise.features import FLOOR, features
from tools._detection_cases import Case, made_cases, pairs
from tools._program import ROOT, run

TARGET = ROOT / "denoising" / "noise" / "detection.json"
LEVELS = np.array([0.012, 0.024, 0.04, 0.06, 0.08, 0.1, 0.13, 0.16, 0.2])
BETWEEN = np.exp(np.linspace(np.log(1 / 255), np.log(0.2), 80))
NEAR = 0.3  # dB: the level aimed at is the middle of those that come so close to the best
WORTH = 0.5  # dB: a gain that makes noise worth removing
MOST = 5.0  # dB: a gain above counts no more
REAL = 4  # how often a real pair counts
UNITS = 8
DIGITS = 4


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("photographs", type=Path)
    parser.add_argument("pairs", type=Path)
    given = parser.parse_args()
    model, random = open_network(PHOTOS), np.random.default_rng(0)
    rows = [row(model, case) for case in made_cases(given.photographs, random)]
    rows += [found for case in pairs(given.pairs) for found in REAL * [row(model, case)]]
    seen, levels, gains = (np.array(part) for part in zip(*rows, strict=True))
    write_json(TARGET, fitted(seen, levels, gains))


def row(model: Network, case: Case) -> tuple[np.ndarray, float, float]:
    """Return the features of a case and whether it is grey, (21,), the level aimed at and its gain.

    The gain is in dB; without noise that is worth removing both are 0.
    """
    grey = float(case.noisy.shape[2] == 1)
    seen = np.append(features(case.noisy.astype(np.float32) / 255), grey)
    if case.noisy is case.clean:
        return seen, 0.0, 0.0
    clean = case.clean.astype(np.float32)
    restored = [case.noisy, *(denoise_large(model, case.noisy, level) for level in LEVELS)]
    errors = [np.square(image - clean).mean() + 1 for image in restored]  # 1: of rounding twice
    return seen, *aimed_at(np.array([0, *LEVELS]), -10 * np.log10(errors))


def aimed_at(levels: np.ndarray, psnr: np.ndarray) -> tuple[float, float]:
    """Return the middle of the levels that come close to the best, and the gain; 0 for too little.

    Parameters
    ----------
    levels : ascending from 0, (L,).
    psnr : the PSNR at each, in dB.
    """
    gain = float(psnr.max() - psnr[0])
    if gain < WORTH:
        return 0.0, 0.0
    curve = np.interp(BETWEEN, levels, psnr)
    return float(np.exp(np.log(BETWEEN[curve >= curve.max() - NEAR]).mean())), gain


def fitted(seen: np.ndarray, levels: np.ndarray, gains: np.ndarray) -> dict:
    """Return the weights of both regressions, for features (N, F), and levels and gains (N,).

    The level counts the more, the more is gained: where little is, any level nearby will do.
    """
    options = {"hidden_layer_sizes": (UNITS,), "activation": "tanh", "solver": "lbfgs"}
    options |= {"alpha": 1.0, "max_iter": 2000, "random_state": 0}
    scaler = StandardScaler().fit(seen)
    scaled, noisy = np.asarray(scaler.transform(seen)), levels > 0
    level = MLPRegressor(**options)
    level.fit(
        scaled[noisy], np.log(levels[noisy] + FLOOR), sample_weight=gains[noisy].clip(max=MOST)
    )
    classes = MLPClassifier(**options).fit(scaled, noisy)
    found = {"mean": _short(scaler.mean_), "scale": _short(scaler.scale_)}
    return found | {"level": _weights(level), "noisy": _weights(classes)}


def _weights(network: MLPRegressor | MLPClassifier) -> dict:
    (hidden, output), (hidden_bias, output_bias) = network.coefs_, network.intercepts_
    return {
        "hidden": _short(hidden),
        "hidden_bias": _short(hidden_bias),
        "output": _short(output[:, 0]),
        "output_bias": _short(output_bias)[0],
    }


def _short(values: Any) -> list:
    return np.round(values, DIGITS).tolist()


if __name__ == "__main__":
    run(main)
