"""Draw plots of this run as pictures for the README: `python -m results.draw`.

A plot of `dvc.yaml` becomes `results/plots/NAME.png`, drawn from what `dvc plots show` draws in the
browser; a picture is copied there.
"""

import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import vl_convert

from denoising.files.atomic import existing, replacing
from denoising.files.errors import UserError
from denoising.plots.page import VEGA_LITE

TARGET = Path(__file__).parent / "plots"
SCALE = 1.5
PLOTS = ("detector_roc", "psnr_of_test_images")
PICTURES = (Path("data/detector/patches.png"),)


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "dvc", "plots", "show", "--json", "--out", folder]
        plots = json.loads(subprocess.run(command, capture_output=True, check=True).stdout)["data"]
    for name in PLOTS:
        if not plots.get(name):
            sys.exit(f"error: Expected the plot {name}. Received: none. Run `dvc repro` first.")
        picture = vl_convert.vegalite_to_png(
            plots[name][0]["content"], vl_version=VEGA_LITE, scale=SCALE
        )
        with replacing(TARGET / f"{name}.png") as partial:
            partial.write_bytes(picture)
    for source in PICTURES:
        with replacing(TARGET / source.name) as partial:
            shutil.copyfile(existing(source), partial)


if __name__ == "__main__":
    try:
        main()
    except UserError as error:
        sys.exit(f"error: {error}")
