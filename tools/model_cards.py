"""Write a model card for each result that is kept in Git: `python -m results.cards`.

After Mitchell et al. 2019 (doi:10.1145/3287560.3287596): what a model is, what for and what not,
what it was trained and measured on, how well it does, and where it comes from.
"""

import json

import pandas as pd
import yaml

from tools.result_tables import ROOT, ROWS, RUN, value_with_interval

FOLDER = ROOT / "results" / "cards"
RUNS = {"digits": (ROOT, "make repro")}
RUNS["fashion_mnist"] = (RUN, "dvc exp run -S dataset=fashion_mnist")
RECIPES = ROOT / "recipes"
NOISE = {
    "gaussian": "Gaussian noise (standard deviation {level:g} of white",
    "speckle": "speckle (relative standard deviation {level:g}",
    "poisson": "Poisson noise (standard deviation at white {level:g}",
    "salt_and_pepper": "salt and pepper ({level:.0%} of the pixels",
}

PIPELINE = """# Models of {name}

Classifiers (`{classifier}`), a denoising autoencoder (`{autoencoder}`), and a joint network of its
encoder, its decoder and a classification head, trained from random weights, seed {seed}:
`{command}`. The files are `models/*.keras`, which DVC keeps; Keras 3 opens them without this code.

- **For**: images like those of {name}, {shape}, of the classes {classes}, with {noise};
  and for measuring what noise does to such models.
- **Not for**: other pictures or other noise. Every picture is taken for one of these classes, and
  how far from the level of training the models hold, `sweep` measures.
- **Trained on**: {train:,} images, their noise {fresh}; what was chosen was chosen on
  {validation:,} others.
- **Measured on**: {test:,} test images, which no training and no choice saw.

| measure | value (95% bootstrap interval) |
|---|---|
{rows}
"""

RECIPE = """# {name}

A denoiser, `{network}` with {parameters:,} parameters, trained from random weights, seed {seed}:
`dvc repro recipes/dvc.yaml:recipe@{name}`. What is published of it and what was assumed is told
[beside its figures](../../recipes/README.md).

- **For**: comparing denoisers on {dataset} with {noise}.
- **Not for**: other pictures or other noise.
- **Trained on**: {train:,} images, {epochs} epochs, noise {fresh}; loss `{loss}`.
- **Measured on**: the 10,000 test images of that data set.

| measure | value (95% bootstrap interval) |
|---|---|
{rows}
"""

PHOTOS = """# The denoiser for photographs

`{network}` in `denoising/photos.keras`, the default of `denoise image`, trained from random
weights, seed {seed}: `dvc repro recipes/photos/dvc.yaml`.

- **For**: photographs, grey or in colour, with Gaussian noise from {low:g} to {high:g} of white,
  whether the level is known or not.
- **Not for**: noise with a structure (of compression, of a scanner's lines, of film grain), blur,
  and pictures that are evidence: what it draws where noise hid everything is a guess.
- **Trained on**: patches of {number} photographs that scikit-image and scikit-learn carry
  ({train}), half of the patches in other colours. They are few: textures that none of them has
  were never seen, and of people there is one.
- **Measured on**: {test}: whole, named beforehand, never trained on.

| photograph | noise, of 255 | PSNR, dB | SSIM |
|---|---|---|---|
{rows}
"""


def pipeline_card(name: str) -> str:
    """Return the card of the models of one run of the pipeline."""
    run, command = RUNS[name]
    params = yaml.safe_load((run / "params.yaml").read_text())
    data = json.loads((run / "metrics/data.json").read_text())
    classes = params["datasets"][params["dataset"]]["source"]["classes"]
    cells = ((label, value_with_interval(run, file, key)) for label, file, key in ROWS)
    return PIPELINE.format(
        name=name,
        command=command,
        seed=params["seed"],
        classifier=params["classifier"]["name"],
        autoencoder=params["autoencoder"]["name"],
        shape=f"{data['height']}×{data['width']}×{data['channels']}",
        classes=", ".join(classes),
        noise=said(params["noise"]),
        fresh=drawn(params["training"]["noise"]),
        rows="\n".join(f"| {label} | {cell} |" for label, cell in cells),
        **{part: data[part] for part in ("train", "validation", "test")},
    )


def recipe_card(name: str) -> str:
    """Return the card of a published system that was run again, or of ours beside it."""
    settings = yaml.safe_load((RECIPES / "params.yaml").read_text())
    recipe = settings["recipes"][name]
    metrics = json.loads((RECIPES / f"metrics/{name}.json").read_text())
    rows = []
    for key, label, digits in (("psnr", "PSNR, dB", 2), ("ssim", "SSIM", 4), ("mae", "MAE", 4)):
        value, low, high = (f"{metrics[key + end]:.{digits}f}" for end in ("", "_low", "_high"))
        rows.append(f"| {label} | {value} ({low} to {high}) |")
    return RECIPE.format(
        name=name,
        seed=settings["seed"],
        noise=said(recipe["noise"]),
        fresh=drawn(recipe["training_noise"]),
        rows="\n".join(rows),
        **{key: metrics[key] for key in ("parameters", "train", "epochs")},
        **{key: recipe[key] for key in ("network", "dataset", "loss")},
    )


def photos_card() -> str:
    """Return the card of the denoiser for photographs, by the parameters it was trained with."""
    lock = yaml.safe_load((RECIPES / "photos/dvc.lock").read_text())
    settings = lock["stages"]["train"]["params"]["recipes/photos/params.yaml"]
    recipe, used = settings["recipes.photos"], settings["photographs"]
    measures = pd.read_csv(RECIPES / "photos/measures.csv")
    rows = [
        f"| {row.photograph} | {row.level} | {row.psnr:.2f} | {row.ssim:.4f} |"
        for row in measures[measures.denoiser == "ours"].itertuples()
    ]
    return PHOTOS.format(
        network=recipe["network"],
        seed=settings["seed"],
        low=recipe["noise_range"][0],
        high=recipe["noise_range"][1],
        number=len(used["train"]),
        train=", ".join(used["train"]),
        test=", ".join(used["test"]),
        rows="\n".join(rows),
    )


def said(noise: dict) -> str:
    """Say of what kind and how strong noise is."""
    strength = NOISE[noise["kind"]].format(level=noise["level"])
    return strength + (", cut to the range from black to white)" if noise["clip"] else ")")


def drawn(training_noise: str) -> str:
    """Say when the noise of training images is drawn."""
    return {"fresh": "drawn anew in every epoch", "fixed": "drawn once"}[training_noise]


def cards() -> dict[str, str]:
    """Return the text of each card, by its name."""
    names = [path.stem for path in sorted((RECIPES / "metrics").glob("*.json"))]
    return (
        {name: pipeline_card(name) for name in RUNS}
        | {"photos": photos_card()}
        | {name: recipe_card(name) for name in names}
    )


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    for name, text in cards().items():
        (FOLDER / f"{name}.md").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
