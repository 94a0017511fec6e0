"""The denoiser for photographs that comes with the package."""

import pandas as pd
import pytest

from denoising.baselines.toolbox import denoise_blind
from denoising.datasets.sample_photographs import read_photograph
from denoising.files.models import read_card, read_model
from denoising.inference.engine import open_network
from denoising.inference.pretrained import PHOTOS
from denoising.training.export import to_onnx
from studies.photographs.stages import measure
from studies.photographs.stages._settings import read_settings
from tests.support.dag import ROOT

MEASURES = pd.read_csv(ROOT / "results/photographs/measures.csv")


def test_the_model_card_describes_the_training():
    card = open_network(PHOTOS).card
    assert card
    assert card.dataset == "photographs"
    assert card.levels == [0, 0.2]
    assert 0 < card.level_known < 1


def test_the_file_to_run_is_made_from_the_keras_file():
    source = PHOTOS.with_suffix(".keras")
    assert to_onnx(read_model(source), read_card(source)) == PHOTOS.read_bytes()


@pytest.mark.parametrize("name", ["chelsea.png", "coins.png"])
def test_the_model_in_git_reaches_the_kept_figures(name):
    number = read_settings().photographs.test.index(name)
    clean = read_photograph(name)
    noisy = measure.made_noisy(clean, 25, number, read_settings().seed)
    denoised, _ = denoise_blind(open_network(PHOTOS), noisy)
    found = measure.score(clean, denoised)
    kept = MEASURES.query(f"photograph == '{name}' and level == 25 and denoiser == 'ours'")
    assert found["psnr"] == pytest.approx(kept.psnr.item(), abs=0.02)
    assert found["ssim"] == pytest.approx(kept.ssim.item(), abs=0.002)
