"""The denoiser for photographs that comes with the package."""

import pytest

from denoising.baselines.toolbox import denoise_blind
from denoising.datasets.fetch import RAW_DIR_VARIABLE
from denoising.datasets.photographs import read_photographs
from denoising.datasets.sample_photographs import read_photograph
from denoising.files.models import read_card, read_model
from denoising.files.tables import read_csv
from denoising.inference.engine import open_network
from denoising.inference.pretrained import PHOTOS
from denoising.training.export import to_onnx
from studies.photographs.stages import measure
from studies.photographs.stages._settings import read_settings
from studies.photographs.stages._test_noise import in_8_bits, score
from tests.conftest import RAW_DIR
from tools._photographs import FOLDER, only


def test_the_model_card_describes_the_training():
    card = open_network(PHOTOS).card
    assert card
    assert card.dataset == "photographs"
    assert card.levels == [0, 0.2157]
    assert 0 < card.level_known < 1


def test_the_file_to_run_is_made_from_the_keras_file():
    source = PHOTOS.with_suffix(".keras")
    assert to_onnx(read_model(source), read_card(source)) == PHOTOS.read_bytes()


@pytest.mark.parametrize(("name", "decibels"), [("chelsea.png", 32.5), ("coins.png", 28.6)])
def test_it_denoises_photographs_of_other_sources_blind(name, decibels):
    clean, noisy = in_8_bits(read_photograph(name), 25, 0, 0, name)
    denoised, _ = denoise_blind(open_network(PHOTOS), noisy)
    assert score(clean, denoised)["psnr"] >= decibels


@pytest.mark.real_data
def test_the_model_in_git_reaches_the_kept_figures(monkeypatch):
    assert RAW_DIR, "set DENOISE_RAW_DIR to the folder of the data sets' files"
    monkeypatch.setenv(RAW_DIR_VARIABLE, RAW_DIR)
    settings = read_settings()
    pictures = read_photographs("set12", settings.data.tests["set12"])
    kept = only(read_csv(FOLDER / "white_noise.csv"), set="set12", level=25)
    for number, (name, clean) in enumerate([*pictures.items()][:3]):
        expected = only(kept, picture=name)["psnr"].to_numpy()
        found = measure.scored(open_network(PHOTOS), clean, 25, number, settings.seed, "set12")
        assert [row["psnr"] for row in found] == pytest.approx(expected, abs=0.02)
