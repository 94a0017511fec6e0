"""Write a model card for each kept model: `python -m tools.model_cards`.

After Mitchell et al. 2019 (doi:10.1145/3287560.3287596): intended use, training and test data, and
scores.
"""

from pathlib import Path
from typing import Any

import pandas as pd

from denoising.files.atomic import replacing
from denoising.noise.kinds import KINDS
from tools import _photographs
from tools._kept import (
    DIGITS,
    FASHION,
    MEASURES,
    data,
    markdown,
    markdown_environment,
    read_yaml,
    with_interval,
)
from tools._program import RESULTS, run
from tools._provenance import sentence

FOLDER = RESULTS / "cards"
PIPELINE = Path(__file__).with_name("pipeline_card.md.jinja")
STUDY = "studies/photographs/params.yaml"
PHOTOGRAPHS = Path(__file__).with_name("photos_card.md.jinja")
COMMANDS = {"digits": "dvc repro", "fashion_mnist": "dvc exp run -S dataset=fashion_mnist"}
TRAINING_PHOTOGRAPHS = 400  # in the train and test parts of BSDS500
DRAWN = {"fresh": "drawn anew in every epoch", "fixed": "drawn once"}


def cards() -> dict[str, str]:
    """Return the text of each card, by its name."""
    return {
        "digits": pipeline_card("digits", DIGITS),
        "fashion_mnist": pipeline_card("fashion_mnist", FASHION),
        "photos": photos_card(),
    }


def pipeline_card(name: str, folder: Path) -> str:
    """Return the card of the models of a run of the pipeline."""
    params = read_yaml(folder / "params.yaml")
    noise = params["noise"]
    scores = [
        {"measure": one.label, "value (95% interval)": with_interval(folder, one)}
        for one in MEASURES
    ]
    lock = folder / "dvc.lock"
    return _render(
        PIPELINE,
        name=name,
        command=COMMANDS[name],
        params=params,
        classes=params["datasets"][name]["source"]["classes"],
        data=data(folder),
        noise=f"{KINDS[noise['kind']].label} noise of level {noise['level']:g}",
        unit=KINDS[noise["kind"]].unit,
        clipped=noise["clip"],
        drawn=DRAWN[params["training"]["noise"]],
        scores=markdown(pd.DataFrame(scores)),
        version=sentence("These figures", lock, dataset=name),
    )


def photos_card() -> str:
    """Return the card of the shipped denoiser for photographs, with the parameters of its run."""
    lock = _photographs.FOLDER / "dvc.lock"
    stages = read_yaml(lock)["stages"]
    params = stages["train"]["params"][STUDY]
    data, recipe = params["data"], params["recipes.photos"]
    parts = [recipe | data]
    for name, stage in stages.items():
        if name.startswith("train_on@"):
            parts.append(stage["params"][STUDY][f"sittings.{name.partition('@')[2]}"])
    return _render(
        PHOTOGRAPHS,
        seed=params["seed"],
        data=data,
        recipe=recipe,
        parts=parts,
        trained=TRAINING_PHOTOGRAPHS - data["validation"],
        scores=_photographs.scores(),
        version=sentence("These figures", lock),
    )


def _render(template: Path, **values: Any) -> str:
    return markdown_environment().from_string(template.read_text("utf-8")).render(values)


def main() -> None:
    for name, text in cards().items():
        with replacing(FOLDER / f"{name}.md") as partial:
            partial.write_text(text, "utf-8")


if __name__ == "__main__":
    run(main)
