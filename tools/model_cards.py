"""Write a model card for each kept model: `python -m tools.model_cards`.

After Mitchell et al. 2019 (doi:10.1145/3287560.3287596): intended use, training and test data, and
scores.
"""

from pathlib import Path
from typing import Any

import pandas as pd

from denoising.evaluation.arms import FILTER_ARMS
from denoising.files.atomic import replacing
from denoising.files.tables import read_csv
from denoising.noise.kinds import KINDS
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
PHOTOGRAPHS = Path(__file__).with_name("photos_card.md.jinja")
COMMANDS = {"digits": "dvc repro", "fashion_mnist": "dvc exp run -S dataset=fashion_mnist"}
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
    lock = RESULTS / "photographs" / "dvc.lock"
    [params] = read_yaml(lock)["stages"]["train"]["params"].values()
    measures = read_csv(RESULTS / "photographs" / "measures.csv")
    psnr = measures.pivot(index=["photograph", "level"], columns="denoiser", values="psnr")
    ours = measures[measures["denoiser"] == "ours"]
    rows = [
        {
            "photograph": str(row["photograph"]).partition(".")[0],
            "noise (of 255)": f"{row['level']}",
            "PSNR (dB)": f"{row['psnr']:.2f}",
            "SSIM": f"{row['ssim']:.4f}",
        }
        for _, row in ours.iterrows()
    ]
    lead = psnr["ours"] - psnr[list(FILTER_ARMS)].max(axis=1)
    return _render(
        PHOTOGRAPHS,
        params=params,
        recipe=params["recipes.photos"],
        used={split: _stems(params["photographs"][split]) for split in ("train", "test")},
        lead=f"{lead.min():.2f}",
        scores=markdown(pd.DataFrame(rows)),
        version=sentence("These figures", lock),
    )


def _stems(names: list[str]) -> list[str]:
    return [name.partition(".")[0] for name in names]


def _render(template: Path, **values: Any) -> str:
    return markdown_environment().from_string(template.read_text("utf-8")).render(values)


def main() -> None:
    for name, text in cards().items():
        with replacing(FOLDER / f"{name}.md") as partial:
            partial.write_text(text, "utf-8")


if __name__ == "__main__":
    run(main)
