"""Draw the picture of the README: a grainy photograph beside its denoised version.

`python -m tools.front_picture` takes the middle of the portrait of Grace Hopper that Matplotlib
carries, a scan of a photograph on film by the United States Navy (in the public domain), denoises
it with the command `denoise image` and no options, and writes both, twice as large, as
`results/plots/portrait.png`.
"""

import sys
import tempfile
from pathlib import Path

import numpy as np
import pyvips
from matplotlib import cbook

from denoising.cli.main import main as denoise
from denoising.files.atomic import replacing
from denoising.files.pictures import read_picture
from tools._program import RESULTS, run

SOURCE = Path(str(cbook.get_sample_data("grace_hopper.jpg", asfileobj=False)))
TARGET = RESULTS / "plots" / "portrait.png"
LEFT, TOP, SIDE = 100, 100, 300  # pixels
GAP = 12  # white pixels between the two
ENLARGED = 2


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        source, denoised = Path(folder, "portrait.png"), Path(folder, "denoised.png")
        pyvips.Image.new_from_file(str(SOURCE)).crop(LEFT, TOP, SIDE, SIDE).write_to_file(
            str(source)
        )
        if code := denoise(["image", str(source), "-o", str(denoised)]):
            sys.exit(code)
        pixels = beside(read_picture(source).pixels, read_picture(denoised).pixels)
    picture = pyvips.Image.new_from_array(pixels, interpretation="srgb")
    with replacing(TARGET) as partial:
        partial.write_bytes(picture.write_to_buffer(".png", compression=9, keep="none"))


def beside(left: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Join two pictures of equal height, ``uint8``, (H, W, C), enlarged, with a white gap."""
    left, right = (each.repeat(ENLARGED, axis=0).repeat(ENLARGED, axis=1) for each in (left, right))
    gap = np.full((left.shape[0], GAP, left.shape[2]), 255, np.uint8)
    return np.concatenate([left, gap, right], axis=1)


if __name__ == "__main__":
    run(main)
