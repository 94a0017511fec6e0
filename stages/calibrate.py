"""Fit the temperature of every arm to noisy validation images."""

from denoising.arms import NETWORKS, judge
from denoising.artifacts import write_json
from denoising.calibration import fit_temperature
from denoising.params import Params
from denoising.seeding import make_deterministic
from stages import THREADS
from stages.inputs import read_images, read_network
from stages.running import TEMPERATURES, run


def main(params: Params) -> None:
    make_deterministic(params.seed, THREADS)
    validation = read_images("validation", params.dataset)
    networks = {name: read_network(name, validation) for name in NETWORKS}
    verdicts = judge(networks, validation.noisy, params.noise.level)
    temperatures = {
        arm: fit_temperature(verdict.logits, validation.labels) for arm, verdict in verdicts.items()
    }
    write_json(TEMPERATURES, temperatures)


if __name__ == "__main__":
    run("calibrate", main)
