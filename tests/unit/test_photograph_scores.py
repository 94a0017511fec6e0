"""The measures of the study of photographs, on made pictures."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from joblib import parallel_config

from denoising.datasets.sample_photographs import read_photograph
from denoising.images import as_float
from denoising.inference.engine import open_network
from denoising.inference.pretrained import PHOTOS
from studies.photographs.stages import measure, measure_others, measure_real
from studies.photographs.stages._others import GRIDS, OPENCV, best_parameter, denoised_by
from studies.photographs.stages._ranked import ranked
from studies.photographs.stages._settings import read_settings
from studies.photographs.stages._test_noise import (
    Pair,
    in_8_bits,
    made_noisy,
    real_pairs,
    score,
)

SIDE = 132


def picture(channels: int = 3, seed: int = 0) -> np.ndarray:
    """Return a picture of smooth patches."""
    random = np.random.default_rng(seed)
    coarse = random.integers(0, 256, (4, 4, channels)).astype(np.uint8)
    return np.kron(coarse, np.ones((SIDE // 4, SIDE // 4, 1), np.uint8))


def photograph() -> np.ndarray:
    return read_photograph("chelsea.png")[:SIDE, :SIDE]


def test_noise_is_that_of_papers_or_that_of_a_file():
    clean = picture()
    unclipped = made_noisy(clean, 50, 0, 0, "set12", clip=False)
    assert unclipped.min() < 0
    assert unclipped.max() > 1
    assert np.std(unclipped - as_float(clean)) == pytest.approx(50 / 255, rel=0.02)
    pair = in_8_bits(clean, 50, 0, 0, "set12")
    assert np.array_equal(pair.noisy, np.rint(np.clip(unclipped, 0, 1) * 255))


def test_noise_differs_between_pictures_sets_and_seeds():
    clean = picture()
    drawn = [
        made_noisy(clean, 25, *place)
        for place in [(0, 0, "set12"), (1, 0, "set12"), (0, 1, "set12"), (0, 0, "cbsd68")]
    ]
    for first in range(len(drawn)):
        for second in range(first):
            assert abs(np.mean((drawn[first] - 0.5) * (drawn[second] - 0.5))) < np.var(drawn[0])
            assert not np.array_equal(drawn[first], drawn[second])


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("name", GRIDS)
def test_every_other_denoiser_improves_a_noisy_picture(name, channels):
    clean, noisy = in_8_bits(picture(channels), 25, 0, 0, "set12")
    parameter = best_parameter(name, [Pair(clean[:64, :64], noisy[:64, :64])])
    denoised = denoised_by(name, noisy, parameter)
    assert denoised.shape == clean.shape
    assert denoised.dtype == np.uint8
    assert score(clean, denoised)["psnr"] > score(clean, noisy)["psnr"] + 3
    assert np.array_equal(denoised_by(name, noisy, 0), noisy)


def test_opencv_keeps_the_order_of_the_colours():
    red = np.zeros((32, 32, 3), np.uint8)
    red[..., 0] = 200
    assert np.abs(denoised_by(OPENCV, red, 10).astype(int) - red).max() <= 2


def test_pairs_of_real_noise_belong_together():
    shot, mean = picture(seed=1), picture(seed=2)
    [(name, pair)] = real_pairs({"a_1_mean.JPG": mean, "a_1_real.JPG": shot}).items()
    assert name == "a_1_real.JPG"
    assert np.array_equal(pair.noisy, shot)
    assert np.array_equal(pair.clean, mean)


@pytest.mark.parametrize(
    ("number", "expected"),
    [(7, {"6", "3", "2", "1", "0"}), (4, {"3", "2", "1", "0"})],
)
def test_the_best_the_median_and_the_worst_are_shown_once(number, expected):
    found = ranked({str(index): float(index) for index in range(number)})
    assert found[0] == str(number - 1)
    assert set(found) == expected
    assert len(found) == len(expected)


@pytest.fixture
def study(tmp_path, monkeypatch):
    """Let the study measure one made picture a set, with the shipped model."""
    tests = {"set12": {"one.png": picture(1), "two.png": picture(1, 3)}}
    clean, noisy = in_8_bits(photograph(), 15, 0, 0, "polyu")
    tests["polyu"] = {"a_mean.JPG": clean, "a_real.JPG": noisy}
    for module in (measure_others, measure, measure_real):
        monkeypatch.setattr(module, "read_tests", lambda data: tests)
        monkeypatch.setattr(module, "WHITE_NOISE", ("set12",))
    for module in (measure_others, measure):
        monkeypatch.setattr(module, "LEVELS", (25,))
        monkeypatch.setattr(module, "OTHERS", tmp_path / "others.csv")
    monkeypatch.setattr(measure, "RANKED", tmp_path)
    monkeypatch.setattr(measure_real, "LEVELS", np.array([8, 15]) / 255)
    for module in (measure, measure_real):
        monkeypatch.setattr(module, "OUTPUTS", tmp_path)
        trained = SimpleNamespace(trained=PHOTOS, seed=0, data=read_settings().data)
        monkeypatch.setattr(module, "read_settings", lambda trained=trained: trained)
    chosen = {(1, 25): {"nlm": 0.1, "median": 3}, (3, 25): {"nlm": 0.1, "median": 3}}
    monkeypatch.setattr(measure_others, "parameters", lambda settings: chosen)
    monkeypatch.setattr(measure_others, "FOR_EACH_PAIR", (OPENCV,))
    return tmp_path


def test_the_study_scores_every_denoiser_on_every_set(study):
    with parallel_config(backend="sequential"):
        measure_others.main(SimpleNamespace(threads=2))
    for module in (measure, measure_real):
        module.main(SimpleNamespace(threads=2))
    others = pd.read_csv(study / "others.csv")
    assert others.groupby("set")["denoiser"].agg(list).to_dict() == {
        "polyu": ["noisy", OPENCV],
        "set12": ["noisy", "nlm", "median"] * 2,
    }
    white = pd.read_csv(study / "white_noise.csv")
    assert len(white) == 2 * 3
    blind = white.query("knowing == 'blind'").set_index("picture")["psnr"]
    noisy = others.query("set == 'set12' and denoiser == 'noisy'").set_index("picture")["psnr"]
    assert (blind - noisy).min() > 3
    real = pd.read_csv(study / "real_noise.csv").set_index("knowing")
    assert round(255 * real.loc["best level", "level"]) in (8, 15)
    assert real["psnr"].min() > others.query("denoiser == @OPENCV")["psnr"].item()
    clean = pd.read_csv(study / "without_noise.csv")
    assert (clean["psnr"] > 50).all()
    assert (study / "set12.png").is_file()


def test_the_parameters_are_chosen_by_number_of_channels_and_level(monkeypatch):
    monkeypatch.setattr(measure_others, "LEVELS", (25,))
    monkeypatch.setattr(measure_others, "GRIDS", {"median": GRIDS["median"]})
    monkeypatch.setattr(
        measure_others,
        "read_training_photographs",
        lambda data, seed: {"validation": [picture(), picture(seed=1)]},
    )
    found = measure_others.parameters(read_settings())
    assert {*found} == {(1, 25), (3, 25)}
    assert all(each["median"] > 0 for each in found.values())


def test_the_shipped_model_gets_the_level_on_the_scale_of_the_network():
    [*rows] = measure.scored(open_network(PHOTOS), photograph(), 25, 0, 0, "set12")
    assert [(row["noise"], row["knowing"]) for row in rows] == [
        ("not clipped", "given"),
        ("8 bits", "given"),
        ("8 bits", "blind"),
    ]
    assert min(row["psnr"] for row in rows) > 30
