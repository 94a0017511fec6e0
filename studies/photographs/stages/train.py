"""Train the denoiser for photographs, a sitting at a time.

Run as `python -m studies.photographs.stages.train SITTING`; ``photos`` is the first, the others
are `sittings` of the study's `params.yaml`. `python -m tools.ship_model` makes the result of the
last one the default model of the command `denoise`.
"""

import sys

from denoising.config.params import Params
from denoising.training.session import prepare
from stages._processes import run_training
from stages._recipes import train_on
from studies.photographs.stages._crops import crop_batches
from studies.photographs.stages._settings import (
    model_path,
    read_settings,
    read_training_photographs,
)


def main(params: Params) -> None:
    settings = read_settings()
    name = " ".join(sys.argv[1:])
    recipe, data, start = settings.part(name)
    photographs = read_training_photographs(data, settings.seed)
    prepare(settings.seed, params.threads, recipe.precision, params.training.backend)
    number = [*settings.parts].index(name)
    batches = crop_batches(photographs, data, recipe, settings.seed, number)
    weights = model_path(start).with_suffix(".keras") if start else None
    train_on(model_path(name).parent, recipe, batches, settings.seed, weights).remove()


if __name__ == "__main__":
    run_training("train_photographs", main)
