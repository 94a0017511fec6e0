"""Train the networks of one recipe: `python -m recipes.train NAME`, in the repository's root.

A study has recipes of its own: `python -m recipes.train NAME studies/levels`.
"""

import sys
from pathlib import Path

import stages  # noqa: F401

# isort: split
from denoising.params import Params
from recipes.data import read_splits
from recipes.settings import HERE, read_recipe
from recipes.training import prepare, train_classifier, train_denoiser
from stages.running import run


def main(params: Params, name: str, folder: Path) -> None:
    recipe, seed = read_recipe(name, folder)
    prepare(recipe, seed)
    splits = read_splits(params, recipe, seed)
    del splits["test"]
    models = folder / "models" / name
    done = [train_denoiser(models, recipe, splits, seed)]
    if recipe.classifier:
        classes = params.datasets[recipe.dataset].source.classes
        for data in ("clean", "noisy"):
            done.append(train_classifier(models, recipe, splits, data, classes, seed))
    for checkpoint in done:  # together, as DVC takes all models away where one is missing
        checkpoint.remove()


if __name__ == "__main__":
    if len(sys.argv) not in (2, 3):
        sys.exit("usage: python -m recipes.train NAME [FOLDER]")
    name, folder = sys.argv[1], Path(sys.argv[2]) if sys.argv[2:] else HERE
    run(f"train@{'-'.join(folder.parts)}-{name}", lambda params: main(params, name, folder))
