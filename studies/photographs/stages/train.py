"""Train the denoiser for photographs: `python -m studies.photographs.stages.train`.

`python -m tools.ship_model` makes the result the default model of the command `denoise`.
"""

from denoising.config.params import Params
from denoising.training.session import prepare
from stages import THREADS
from stages._paths import MODELS
from stages._recipes import train_denoiser
from stages._runner import run
from studies.photographs.stages._colours import recolour_turned
from studies.photographs.stages._patches import read_patches, read_settings


def main(params: Params) -> None:
    settings = read_settings()
    recipe = settings.recipes["photos"]
    prepare(settings.seed, THREADS, recipe.precision)
    patches = read_patches(settings.photographs)
    recolour_turned(patches["train"].images, settings.photographs.contrast, settings.seed)
    train_denoiser(MODELS / "photographs" / "photos", recipe, patches, settings.seed).remove()


if __name__ == "__main__":
    run("train_photographs", main)
