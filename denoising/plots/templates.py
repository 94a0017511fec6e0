"""Write the templates of `dvc plots`, .dvc/plots/*.json: `python -m denoising.plots.templates`.

Vega-Lite cannot import the names and colours of the arms, so the templates are written from them.
"""

import json
from pathlib import Path

from denoising.files.atomic import replacing
from denoising.plots import arm_charts, image_charts

FOLDER = Path(".dvc/plots")
TEMPLATES = {
    chart.__name__: chart
    for chart in (
        *(arm_charts.arms, arm_charts.by_level, arm_charts.psnr_by_level, arm_charts.reference),
        *(image_charts.distribution, image_charts.confusion, image_charts.macro_roc),
        *(image_charts.class_roc, image_charts.roc, image_charts.precision_recall),
        *(arm_charts.reliability, image_charts.history),
    )
}
"""By the name that dvc.yaml gives a template, the function that returns it."""


def text(name: str) -> str:
    """Return the content of a template's file."""
    return json.dumps(TEMPLATES[name](), indent=1, ensure_ascii=False) + "\n"


def main() -> None:
    for name in TEMPLATES:
        with replacing(FOLDER / f"{name}.json") as partial:
            partial.write_text(text(name), encoding="utf-8")


if __name__ == "__main__":
    main()
