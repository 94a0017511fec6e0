"""Time the denoisers on a photograph of one megapixel: `python -m tools.megapixel`.

Each runs from a cold start, in a process of its own, with all that it takes to read, denoise and
write the picture; they take turns, and the quickest of a few rounds counts, as other programs can
only add to it. Memory is the highest of the process. Writes results/megapixel.csv.
"""

import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd
import pyvips
from tqdm import tqdm

from denoising.baselines.filters import DENOISERS
from denoising.datasets.sample_photographs import read_photograph
from denoising.files.errors import UserError
from denoising.files.tables import read_csv, write_csv
from studies.photographs.stages._others import GRIDS
from tools._kept import markdown
from tools._measured import Used, measured
from tools._photographs import FOLDER, OTHERS, OURS, only
from tools._program import RESULTS, ROOT, run

TARGET = RESULTS / "megapixel.csv"
SIDE = 1000  # pixels
LEVEL = 25  # of 255
ROUNDS = 3
OTHER = """
import ast, sys
import imageio.v3 as iio
from studies.photographs.stages._others import denoised_by
name, parameter, source, target = sys.argv[1:]
iio.imwrite(target, denoised_by(name, iio.imread(source), ast.literal_eval(parameter)))
"""


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder, "noisy.png")
        write_noisy(source)
        commands = {
            name: ["-c", OTHER, name, f"{parameter:g}", f"{source}", f"{folder}/out.png"]
            for name, parameter in parameters().items()
        }
        commands["ours"] = ["-m", "denoising", "image", f"{source}", "-o", f"{folder}/out.png"]
        commands["ours"] += ["--force"]
        found: dict[str, list[Used]] = {name: [] for name in commands}
        for _ in tqdm(range(ROUNDS), desc="rounds"):
            for name, arguments in commands.items():
                found[name].append(taken(arguments))
    rows = [{"denoiser": name} | best(tries) for name, tries in found.items()]
    write_csv(TARGET, pd.DataFrame(rows))
    print(table())


def write_noisy(path: Path) -> None:
    """Write a noisy photograph of one megapixel: the astronaut, mirrored beyond its borders."""
    clean = read_photograph("astronaut.png")
    free = [(0, max(0, SIDE - size)) for size in clean.shape[:2]]
    whole = np.pad(clean, [*free, (0, 0)], mode="symmetric")[:SIDE, :SIDE]
    noise = np.random.default_rng(0).normal(0, LEVEL, whole.shape)
    pixels = np.clip(np.rint(whole + noise), 0, 255).astype(np.uint8)
    pyvips.Image.new_from_array(pixels, interpretation="srgb").write_to_file(str(path))


def parameters() -> dict[str, float]:
    """Return the parameters that the study chose for colour photographs at this level."""
    scores = only(read_csv(FOLDER / "others.csv"), set="cbsd68", level=LEVEL)
    chosen = dict(zip(scores["denoiser"], scores["parameter"], strict=True))
    return {name: float(chosen[name]) for name in GRIDS}


def taken(arguments: list[str]) -> Used:
    """Run Python in the clone; return what it took."""
    found = measured([sys.executable, *arguments], ROOT)
    if found.code:
        subprocess.run([sys.executable, *arguments], cwd=ROOT, check=False)
        raise UserError(f"python {' '.join(arguments)} failed; its message is above.")
    return found


def best(tries: list[Used]) -> dict[str, float]:
    """Return the least seconds of some tries, and their memory in MB."""
    return {
        "seconds": round(min(one.wall for one in tries), 2),
        "cpu_seconds": round(min(one.cpu for one in tries), 2),
        "memory": round(min(one.memory for one in tries)),
    }


def table() -> str:
    """Return seconds and memory of each denoiser, with the time beside ours, in Markdown."""
    found = read_csv(TARGET).set_index("denoiser")
    seconds = found["seconds"].to_dict()
    labels = {"ours": OURS, **{name: OTHERS[name] for name in [*DENOISERS, "opencv_nlm"]}}
    rows = [
        {
            "denoiser": label,
            "seconds": f"{seconds[name]:.1f}",
            "times ours": f"{seconds[name] / seconds['ours']:.1f}",
            "CPU seconds": f"{found.at[name, 'cpu_seconds']:.1f}",
            "memory (MB)": f"{found.at[name, 'memory']:,.0f}",
        }
        for name, label in labels.items()
    ]
    return markdown(pd.DataFrame(rows))


if __name__ == "__main__":
    run(main)
