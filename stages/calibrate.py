"""Fit the temperature of every arm to noisy validation images."""

from denoising.config.params import Params
from denoising.evaluation.arms import ARMS
from denoising.evaluation.calibration import fit_temperature
from denoising.evaluation.verdicts import all_logits
from denoising.files.tables import write_json
from stages._arms import read_networks
from stages._images import read_level, read_noisy
from stages._paths import TEMPERATURES
from stages._runner import run


def main(params: Params) -> None:
    validation = read_noisy("validation", params.dataset)
    networks = read_networks(validation, params.threads)
    found = all_logits(networks, validation.noisy, read_level("validation"))
    temperatures = {
        arm: fit_temperature(logits, validation.labels) for arm, logits in found.items()
    }
    write_json(TEMPERATURES, temperatures)
    listed = ", ".join(f"{ARMS[arm].label} {one:.2f}" for arm, one in temperatures.items())
    print(f"temperatures: {listed}")


if __name__ == "__main__":
    run("calibrate", main)
