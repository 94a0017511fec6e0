"""Train the denoiser for photographs: `python -m recipes.photos.train`."""

import shutil

import stages  # noqa: F401

# isort: split
from denoising.artifacts import replacing
from denoising.params import Params
from denoising.pretrained import PHOTOS
from recipes.photos.colours import recolour_turned
from recipes.photos.patches import HERE, read_patches, read_settings
from recipes.training import prepare, train_denoiser
from stages.running import run


def main(params: Params) -> None:
    settings = read_settings()
    recipe = settings.recipes["photos"]
    prepare(recipe, settings.seed)
    models = HERE / "models" / "photos"
    patches = read_patches(settings.photographs)
    recolour_turned(patches["train"].images, settings.photographs.contrast, settings.seed)
    checkpoint = train_denoiser(models, recipe, patches, settings.seed)
    with replacing(PHOTOS) as partial:
        shutil.copyfile(models / "denoiser.keras", partial)
    checkpoint.remove()


if __name__ == "__main__":
    run("photos-train", main)
