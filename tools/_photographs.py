"""Tables of the denoiser for photographs, from the kept figures of its study."""

from collections.abc import Callable

import numpy as np
import pandas as pd

from denoising.evaluation.arms import FILTER_ARMS
from denoising.evaluation.intervals import mean
from denoising.files.keras_import import import_keras
from denoising.files.tables import read_csv
from studies.photographs.stages._settings import FIRST, read_settings
from tools._kept import markdown
from tools._program import RESULTS, ROOT

FOLDER = RESULTS / "photographs"
PEERS = ROOT / "studies/photographs/peers.csv"
TRIALS = ROOT / "studies/photographs/trials.csv"
SETS = {"cbsd68": "CBSD68", "kodak24": "Kodak24", "set12": "Set12"}
LEVELS = (15, 25, 50)
OURS = "**ours**"
OTHERS = {
    "noisy": "noisy",
    **{name: arm.label for name, arm in FILTER_ARMS.items()},
    "opencv_nlm": "non-local means of OpenCV",
}
SIDE = 64  # pixels, of the image whose multiply-adds are counted


def peers() -> str:
    """Return PSNR by the papers' protocol: ours with intervals over pictures, and printed ones."""
    ours = only(read_csv(FOLDER / "white_noise.csv"), noise="not clipped")
    rows = [{"denoiser": OURS, **_shown_cost(**_own_cost()), **_by_set(ours, _with_interval)}]
    for name, part in read_csv(PEERS).groupby("denoiser", sort=False):
        found = {
            f"{SETS[str(one['set'])]}, {one['level']}": f"{one['psnr']:.2f}"
            for one in part.to_dict("records")
        }
        cost = part[["parameters", "multiply_adds"]].iloc[0].to_dict()
        rows.append({"denoiser": str(name), **_shown_cost(**cost), **found})
    return markdown(pd.DataFrame(rows))


def white_noise() -> str:
    """Return PSNR and SSIM of every denoiser on noisy pictures of 8 bits."""
    others = read_csv(FOLDER / "others.csv")
    ours = only(read_csv(FOLDER / "white_noise.csv"), noise="8 bits")
    known = {"given": "ours, level given", "blind": OURS}
    rows = [
        {"denoiser": label, **_by_set(part, _score)}
        for table, column, labels in ((others, "denoiser", OTHERS), (ours, "knowing", known))
        for key, label in labels.items()
        if len(part := only(table, **{column: key}))
    ]
    return markdown(pd.DataFrame(rows))


def real_noise() -> str:
    """Return the scores on pairs of pictures with real noise."""
    others = only(read_csv(FOLDER / "others.csv"), set="polyu")
    ours = read_csv(FOLDER / "real_noise.csv")
    best = "best strength for each pair"
    shown = [
        ("noisy", only(others, denoiser="noisy")),
        (f"{OTHERS['nlm']}, {best}", only(others, denoiser="nlm")),
        (f"{OTHERS['opencv_nlm']}, {best}", only(others, denoiser="opencv_nlm")),
        ("ours, best level for each pair", only(ours, knowing="best level")),
        (OURS, only(ours, knowing="blind")),
    ]
    before = shown[0][1].set_index("picture")["psnr"]
    rows = []
    for label, part in shown:
        gain = (part.set_index("picture")["psnr"] - before).to_numpy(float)
        rows.append(
            {
                "denoiser": label,
                "PSNR (dB)": _with_interval(part),
                "SSIM": f"{part['ssim'].mean():.3f}",
                "mean gain (dB)": f"{gain.mean():+.2f}",
                "least gain (dB)": f"{gain.min():+.2f}",
            }
        )
    return markdown(pd.DataFrame(rows))


def without_noise() -> str:
    """Return how many pictures without noise are left as they are, and what happens to others."""
    rows = []
    for name, part in read_csv(FOLDER / "without_noise.csv").groupby("set", sort=False):
        changed = part.loc[part["level"] > 0, "psnr"].to_numpy(float)
        rows.append(
            {
                "set": SETS[str(name)],
                "pictures": str(len(part)),
                "unchanged": str(len(part) - len(changed)),
                "PSNR of the others from themselves (dB)": ", ".join(
                    f"{psnr:.1f}" for psnr in np.sort(changed)
                ),
            }
        )
    return markdown(pd.DataFrame(rows))


def scores() -> str:
    """Return the scores of our denoiser on every test set, for its card."""
    ours = only(read_csv(FOLDER / "white_noise.csv"), noise="8 bits")
    rows = []
    for name, label in SETS.items():
        for level in LEVELS:
            row = {"pictures": label, "noise (of 255)": str(level)}
            for knowing, title in (("given", "level given"), ("blind", "blind")):
                row[title] = _score(only(ours, set=name, level=level, knowing=knowing))
            rows.append(row)
    real = only(read_csv(FOLDER / "real_noise.csv"), knowing="blind")
    rows.append({"pictures": "PolyU", "noise (of 255)": "of cameras", "blind": _score(real)})
    return markdown(pd.DataFrame(rows))


def trials() -> str:
    """Return what was tried, with the PSNR on validation photographs."""
    return markdown(pd.read_csv(TRIALS, dtype=str, keep_default_na=False))


def only(table: pd.DataFrame, **values: object) -> pd.DataFrame:
    """Return the rows of a table that have these values in the columns so named."""
    here = np.ones(len(table), bool)
    for column, value in values.items():
        here &= (table[column] == value).to_numpy()
    return table.loc[here]


def _by_set(scores: pd.DataFrame, shown: Callable[[pd.DataFrame], str]) -> dict[str, str]:
    """Return what is shown of the scores of each set at each level."""
    return {
        f"{label}, {level}": shown(only(scores, set=name, level=level))
        for name, label in SETS.items()
        for level in LEVELS
    }


def _score(scores: pd.DataFrame) -> str:
    """Return the average PSNR and SSIM."""
    return f"{scores['psnr'].mean():.2f} / {scores['ssim'].mean():.3f}"


def _own_cost() -> dict[str, float]:
    """Return the parameters of our network, and its multiply-adds a pixel."""
    import_keras()
    from stages._recipes import cost  # imports Keras

    found = cost(read_settings().recipes[FIRST], (SIDE, SIDE, 3))
    return found | {"multiply_adds": found["multiply_adds"] / SIDE**2}


def _shown_cost(parameters: float, multiply_adds: float) -> dict[str, str]:
    columns = {"parameters": parameters, "multiply-adds a pixel": multiply_adds}
    return {name: "" if pd.isna(number) else f"{number:,.0f}" for name, number in columns.items()}


def _with_interval(scores: pd.DataFrame) -> str:
    """Return the average PSNR with its interval over pictures."""
    found = mean(scores["psnr"].to_numpy(float), 0, "photographs")
    return f"{found.value:.2f} ({found.low:.2f} to {found.high:.2f})"
