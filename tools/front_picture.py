"""Draw the picture of the README: a noisy photograph beside its denoised version.

`python -m tools.front_picture` denoises `examples/pictures/cat.png` with the command `denoise` and
writes `results/plots/cat.png`.
"""

import sys
import tempfile
from pathlib import Path

import numpy as np
import pyvips

from denoising.cli.main import main as denoise
from denoising.files.atomic import replacing
from denoising.files.pictures import read_picture
from tools._program import RESULTS, ROOT, run

SOURCE = ROOT / "examples" / "pictures" / "cat.png"
TARGET = RESULTS / "plots" / "cat.png"
GAP = 12  # white pixels between the two


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        denoised = Path(folder, SOURCE.name)
        if code := denoise(["image", str(SOURCE), "-o", str(denoised)]):
            sys.exit(code)
        pixels = beside(read_picture(SOURCE).pixels, read_picture(denoised).pixels)
    picture = pyvips.Image.new_from_array(pixels, interpretation="srgb")
    with replacing(TARGET) as partial:
        partial.write_bytes(picture.write_to_buffer(".png", compression=9, keep="none"))


def beside(left: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Join two pictures of equal height, ``uint8``, (H, W, C), with a white gap between them."""
    gap = np.full((left.shape[0], GAP, left.shape[2]), 255, np.uint8)
    return np.concatenate([left, gap, right], axis=1)


if __name__ == "__main__":
    run(main)
