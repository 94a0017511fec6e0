"""Fit the temperature of every arm to noisy validation images."""

from denoising.arms import NETWORKS, judge
from denoising.artifacts import read_model, write_json
from denoising.calibration import fit_temperature
from denoising.params import Params
from denoising.seeding import make_deterministic
from stages import THREADS
from stages.running import MODELS, TEMPERATURES, read_images, run


def main(params: Params) -> None:
    make_deterministic(params.seed, THREADS)
    networks = {name: read_model(MODELS / f"{name}.keras") for name in NETWORKS}
    validation = read_images("validation")
    verdicts = judge(networks, validation.noisy, params.noise.level)
    temperatures = {
        arm: fit_temperature(verdict.logits, validation.labels) for arm, verdict in verdicts.items()
    }
    write_json(TEMPERATURES, temperatures)


if __name__ == "__main__":
    run("calibrate", main)
