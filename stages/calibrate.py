"""Fit the temperature of every arm to noisy validation images."""

from denoising.config.params import Params
from denoising.evaluation.arms import ARMS
from denoising.evaluation.calibration import fit_temperature
from denoising.evaluation.verdicts import judge
from denoising.files.tables import write_json
from stages._arms import read_networks
from stages._images import read_noisy
from stages._paths import TEMPERATURES
from stages._runner import run


def main(params: Params) -> None:
    validation = read_noisy("validation", params.dataset)
    verdicts = judge(read_networks(validation), validation.noisy, params.noise.level)
    temperatures = {
        arm: fit_temperature(verdict.logits, validation.labels) for arm, verdict in verdicts.items()
    }
    write_json(TEMPERATURES, temperatures)
    listed = ", ".join(f"{ARMS[arm].label} {found:.2f}" for arm, found in temperatures.items())
    print(f"temperatures: {listed}")


if __name__ == "__main__":
    run("calibrate", main)
