"""Train the networks of a study's recipe: `python -m stages.train_recipe STUDY NAME`.

The recipe is read from ``studies/STUDY/params.yaml``; the models go to ``models/STUDY/NAME``.
"""

import sys
from pathlib import Path

from denoising.config.params import Params, known_classes
from denoising.config.recipe import read_recipe
from denoising.datasets.registry import load_named
from denoising.files.tables import write_json
from denoising.training.distribution import leads
from denoising.training.session import prepare
from stages._paths import MODELS
from stages._processes import run_training
from stages._recipes import cost, train_classifier, train_denoiser


def main(params: Params, study: str, name: str) -> None:
    recipe, seed = read_recipe(name, Path("studies") / study)
    prepare(seed, params.threads, recipe.precision, params.training.backend)
    splits = load_named(params.datasets, recipe.dataset, seed)
    del splits["test"]
    classes = params.datasets[recipe.dataset].source.classes
    if recipe.classifier:
        known_classes(classes, recipe.dataset)
    folder = MODELS / study / name
    done = [train_denoiser(folder, recipe, splits, seed)]
    work = cost(recipe, splits["train"].images.shape[1:])
    if leads():
        write_json(folder / "cost.json", work)
    if recipe.classifier:
        for data in ("clean", "noisy"):
            done.append(train_classifier(folder, recipe, splits, data, classes, seed))
    for checkpoint in done:  # only now, as DVC deletes all models if one is missing
        checkpoint.remove()


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit("usage: python -m stages.train_recipe STUDY NAME")
    study, name = sys.argv[1:]
    run_training(f"train_recipe@{study}-{name}", lambda params: main(params, study, name))
