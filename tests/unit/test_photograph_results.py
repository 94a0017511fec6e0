"""The kept figures of the denoiser for photographs."""

import numpy as np
import pandas as pd
import pytest

from denoising.files.digests import file_digest
from denoising.files.tables import read_csv, read_json
from denoising.inference.pretrained import KERAS, PHOTOS
from tools._photographs import FOLDER, only

PICTURES = {"cbsd68": 68, "kodak24": 24, "set12": 12}
MEBIBYTE = 2**20


@pytest.fixture(scope="module")
def white() -> pd.DataFrame:
    return read_csv(FOLDER / "white_noise.csv")


@pytest.fixture(scope="module")
def real() -> pd.DataFrame:
    return read_csv(FOLDER / "real_noise.csv").pivot(
        index="picture", columns="knowing", values="psnr"
    )


@pytest.fixture(scope="module")
def others() -> pd.DataFrame:
    return read_csv(FOLDER / "others.csv")


def average(table: pd.DataFrame, **values: object) -> float:
    part = only(table, **values)
    assert len(part) == PICTURES[str(values["set"])]
    return float(part["psnr"].to_numpy(float).mean())


@pytest.mark.parametrize(
    ("name", "level", "decibels"),
    [
        *(("cbsd68", 15, 33.70), ("cbsd68", 25, 31.00), ("cbsd68", 50, 27.70)),
        *(("kodak24", 15, 34.45), ("kodak24", 25, 31.90), ("kodak24", 50, 28.70)),
    ],
)
def test_the_model_reaches_its_floors_by_the_protocol_of_papers(white, name, level, decibels):
    assert average(white, set=name, level=level, noise="not clipped") >= decibels


@pytest.mark.parametrize("level", [15, 25, 50])
@pytest.mark.parametrize("name", PICTURES)
def test_without_a_level_it_loses_little(white, name, level):
    place = {"set": name, "level": level, "noise": "8 bits"}
    given, blind = (average(white, **place, knowing=one) for one in ("given", "blind"))
    assert blind >= given - 0.15


@pytest.mark.parametrize(
    ("name", "level", "decibels"),
    [
        *((name, level, 2.5) for name in ("cbsd68", "kodak24") for level in (15, 25, 50)),
        *(("set12", 15, 1.1), ("set12", 25, 1.2), ("set12", 50, 2.0)),
    ],
)
def test_it_is_ahead_of_every_denoiser_without_training(white, others, name, level, decibels):
    ours = only(white, set=name, level=level, noise="8 bits", knowing="blind")
    theirs = only(others, set=name, level=level).groupby("denoiser")[["psnr", "ssim"]].mean()
    assert set(theirs.index) == {"noisy", "median", "tv", "wavelet", "nlm", "opencv_nlm"}
    assert ours["psnr"].mean() > decibels + theirs["psnr"].max()
    assert ours["ssim"].mean() > 0.01 + theirs["ssim"].max()


def test_it_improves_every_picture_with_real_noise(real, others):
    noisy = only(others, set="polyu", denoiser="noisy").set_index("picture")["psnr"]
    assert len(noisy) == 45
    gain = (real["blind"] - noisy).to_numpy(float)
    assert gain.mean() >= 1.5
    assert gain.min() >= -0.1


def test_pictures_without_noise_stay_as_they_are():
    clean = read_csv(FOLDER / "without_noise.csv")
    assert clean.groupby("set").size().to_dict() == PICTURES
    assert np.mean(clean["level"] == 0) > 0.9


def test_the_model_in_git_is_the_one_that_was_measured():
    shipped = (PHOTOS, PHOTOS.with_suffix(KERAS))
    measured = read_json(FOLDER / "model.json")
    assert {f"denoiser{path.suffix}": file_digest(path) for path in shipped} == measured
    assert sum(path.stat().st_size for path in shipped) <= 8 * MEBIBYTE
