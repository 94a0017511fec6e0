"""Tables of the denoiser for photographs, from the kept figures of its study."""

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
SETS = {"cbsd68": "CBSD68", "kodak24": "Kodak24", "set12": "Set12, grey"}
SIDE = 64  # pixels, of the image whose multiply-adds are counted
PAPERS, COMMAND = "not clipped", "8 bits"
OURS, BLIND, OPENCV = "ours (level given)", "ours", "opencv_nlm"
LABELS = {
    "noisy": "noisy",
    **{name: arm.label for name, arm in FILTER_ARMS.items()},
    OPENCV: "non-local means of OpenCV",
    OURS: "ours, level given",
    BLIND: "**ours**",
}


def peers() -> str:
    """Return PSNR by the papers' protocol: ours, with intervals over pictures, and printed ones."""
    printed, rows = read_csv(PEERS), []
    for name, part in printed.groupby("denoiser", sort=False):
        cost = part.iloc[0]
        row = {
            "denoiser": str(name),
            "parameters": _number(cost["parameters"]),
            "multiply-adds a pixel": _number(cost["multiply_adds"]),
        }
        found = part.set_index(["set", "level"])["psnr"]
        rows.append(row | {_head(*place): f"{found[place]:.2f}" for place in found.index})
    ours = read_csv(FOLDER / "white_noise.csv").query("noise == @PAPERS and denoiser == @OURS")
    parameters, multiply_adds = _cost()
    row = {
        "denoiser": "**ours**",
        "parameters": _number(parameters),
        "multiply-adds a pixel": _number(multiply_adds),
    }
    for place, part in ours.groupby(["set", "level"], sort=False):
        row[_head(*place)] = _with_interval(part["psnr"])
    return markdown(pd.DataFrame([row, *reversed(rows)]))


def white_noise() -> str:
    """Return PSNR and SSIM of every denoiser on noisy pictures of 8 bits."""
    scores = read_csv(FOLDER / "white_noise.csv").query("noise == @COMMAND")
    means = scores.groupby(["denoiser", "set", "level"], sort=False)[["psnr", "ssim"]].mean()
    rows = []
    for name, label in LABELS.items():
        row = {"denoiser": label}
        for place, one in means.loc[name].iterrows():
            row[_head(*place)] = f"{one['psnr']:.2f} / {one['ssim']:.3f}"
        rows.append(row)
    return markdown(pd.DataFrame(rows))


def real_noise() -> str:
    """Return the scores on pairs of pictures with real noise."""
    scores = read_csv(FOLDER / "real_noise.csv")
    wide = scores.pivot(index="picture", columns="denoiser", values="psnr")
    rows = []
    for name, label in {
        "noisy": "noisy",
        "nlm": f"{LABELS['nlm']}, best strength for each pair",
        OPENCV: f"{LABELS[OPENCV]}, best strength for each pair",
        "ours (best level)": "ours, best level for each pair",
        BLIND: LABELS[BLIND],
    }.items():
        gain = wide[name] - wide["noisy"]
        ssim = scores.loc[scores["denoiser"] == name, "ssim"]
        rows.append(
            {
                "denoiser": label,
                "PSNR (dB)": _with_interval(wide[name]),
                "SSIM": f"{ssim.mean():.3f}",
                "gain (dB)": _with_interval(gain, "+"),
                "least gain (dB)": f"{gain.min():+.2f}",
            }
        )
    return markdown(pd.DataFrame(rows))


def without_noise() -> str:
    """Return how many pictures without noise are left as they are, and what happens to others."""
    rows = []
    for name, part in read_csv(FOLDER / "without_noise.csv").groupby("set", sort=False):
        changed = part[part["level"] > 0]
        row = {"set": SETS[str(name)], "pictures": len(part), "unchanged": len(part) - len(changed)}
        row["least PSNR of the others from themselves (dB)"] = (
            f"{changed['psnr'].min():.1f}" if len(changed) else ""
        )
        rows.append(row)
    return markdown(pd.DataFrame(rows))


def _cost() -> tuple[int, float]:
    """Return the parameters of our network, and its multiply-adds a pixel."""
    import_keras()
    from stages._recipes import cost  # imports Keras

    found = cost(read_settings().recipes[FIRST], (SIDE, SIDE, 3))
    return found["parameters"], found["multiply_adds"] / SIDE**2


def _head(name: str, level: float) -> str:
    return f"{SETS[name]}, {level:g}"


def _number(value: float) -> str:
    return "" if pd.isna(value) else f"{value:,.0f}"


def _with_interval(values: pd.Series, sign: str = "") -> str:
    """Return the mean with its interval over pictures."""
    found = mean(values.to_numpy(), 0, "photographs")
    return f"{found.value:{sign}.2f} ({found.low:{sign}.2f} to {found.high:{sign}.2f})"
