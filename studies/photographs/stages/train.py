"""Train the denoiser for photographs: `python -m studies.photographs.stages.train`.

`python -m tools.ship_model` makes the result the default model of the command `denoise`.
"""

from denoising.config.params import Params
from denoising.training.session import prepare
from stages import THREADS
from stages._paths import MODELS
from stages._recipes import train_on
from stages._runner import run
from studies.photographs.stages._crops import crop_batches
from studies.photographs.stages._settings import read_settings, read_training_photographs


def main(params: Params) -> None:
    settings = read_settings()
    recipe = settings.recipes["photos"]
    photographs = read_training_photographs(settings.data, settings.seed)
    prepare(settings.seed, THREADS, recipe.precision)
    batches = crop_batches(photographs, settings.data, recipe, settings.seed)
    train_on(MODELS / "photographs" / "photos", recipe, batches, settings.seed).remove()


if __name__ == "__main__":
    run("train_photographs", main)
