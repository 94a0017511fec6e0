"""Train the denoiser for photographs, a sitting at a time.

Run as `python -m studies.photographs.stages.train SITTING`; ``photos`` is the first, the others
are `sittings` of the study's `params.yaml`. `python -m tools.ship_model` makes the result of the
last one the default model of the command `denoise`.
"""

import sys

from denoising.config.params import Params
from denoising.training.session import prepare
from stages._recipes import train_on
from stages._runner import run
from studies.photographs.stages._crops import crop_batches
from studies.photographs.stages._settings import (
    model_path,
    read_settings,
    read_training_photographs,
)


def main(params: Params) -> None:
    name = sys.argv[1]
    settings = read_settings()
    parts = settings.parts
    recipe, number = parts[name], list(parts).index(name)
    photographs = read_training_photographs(settings.data, settings.seed)
    prepare(settings.seed, params.threads, recipe.precision)
    batches = crop_batches(photographs, settings.data, recipe, settings.seed, number)
    start = None
    if name in settings.sittings:
        start = model_path(settings.sittings[name].start).with_suffix(".keras")
    train_on(model_path(name).parent, recipe, batches, settings.seed, start).remove()


if __name__ == "__main__":
    run(f"train_{sys.argv[1]}", main)
