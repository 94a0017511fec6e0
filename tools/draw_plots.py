"""Draw plots of the last run as pictures for the docs: `python -m tools.draw_plots`.

A plot of `dvc.yaml` becomes ``results/plots/NAME.png``, drawn from the specification that
`dvc plots show` puts on its page; a picture is copied there.
"""

import json
import shutil
import subprocess
import sys
import tempfile
from typing import Any

import vl_convert

from denoising.files.atomic import existing, replacing
from denoising.files.errors import UserError
from denoising.plots.vega import VEGA_LITE
from tools._program import RESULTS, ROOT, run

TARGET = RESULTS / "plots"
SCALE = 1.5
PLOTS = ("detector_roc", "psnr_of_test_images")
PICTURES = (ROOT / "data/detector/patches.png",)


def main() -> None:
    plots = specifications()
    for name in PLOTS:
        if not plots.get(name):
            raise UserError(f"The plot {name} has no data. Run `dvc repro` first.")
        picture = vl_convert.vegalite_to_png(
            plots[name][0]["content"], vl_version=VEGA_LITE, scale=SCALE
        )
        with replacing(TARGET / f"{name}.png") as partial:
            partial.write_bytes(picture)
    for source in PICTURES:
        with replacing(TARGET / source.name) as partial:
            shutil.copyfile(existing(source), partial)


def specifications() -> dict[str, list[dict[str, Any]]]:
    """Return the Vega-Lite specifications of the plots, by name, as DVC fills them in."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "dvc", "plots", "show", "--json", "--out", folder]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    if done.returncode:
        raise UserError(f"`dvc plots show` failed:\n{done.stderr.strip()}")
    found = json.loads(done.stdout)
    if "data" not in found:
        raise UserError(f"DVC has no plots: {found['errors'][0]['msg']}. Run `dvc repro` first.")
    return found["data"]


if __name__ == "__main__":
    run(main)
