"""The training stages and those of two studies, on a few tiny images."""

import shutil

import numpy as np
import pandas as pd
import pytest

from denoising.config.params import read_params
from denoising.files.errors import UserError
from denoising.files.models import read_card, read_model
from denoising.files.tables import read_json
from stages import add_noise, download, train_autoencoder, train_classifier, train_joint
from stages._images import read_clean
from stages._models import read_network
from stages._paths import MODELS, Place
from stages._training import epochs_of
from studies.equal_work.stages import measure as measure_control
from studies.equal_work.stages import train_control
from studies.noise_levels.stages import measure_arms, train_arm
from tests.support.dag import ROOT
from tests.support.params import with_section
from tests.support.workspace import tiny
from tests.support.yaml_files import read_yaml, write_yaml

pytestmark = pytest.mark.long

STUDIES = ("noise_levels", "equal_work")
TRAINED = ("classifier_noisy", "classifier_denoised", "autoencoder", "joint")


@pytest.fixture(scope="module")
def params(tmp_path_factory):
    """Return the parameters of a folder in which a tiny pipeline has been trained."""
    folder = tmp_path_factory.mktemp("trained")
    values = read_yaml(ROOT / "params.yaml")
    tiny(values)
    write_yaml(folder / "params.yaml", values)
    for study in STUDIES:
        target = folder / "studies" / study / "params.yaml"
        target.parent.mkdir(parents=True)
        shutil.copyfile(ROOT / "studies" / study / "params.yaml", target)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        params = read_params()
        download.main(params)
        add_noise.main(params)
        for data in ("clean", "noisy"):
            train_classifier.main(params, data)
        train_autoencoder.main(params)
        train_classifier.main(params, "denoised")
        train_joint.main(params)
        yield params


def with_resnet(params):
    """Return the parameters with a classifier that has a width, and takes a level input."""
    return with_section(params, "classifier", name="resnet", options={"width": 8})


def elsewhere(name: str) -> Place:
    return Place(MODELS / name, MODELS / name, f"{name}-")


def weights(place: Place, name: str) -> np.ndarray:
    found = read_model(place.models / f"{name}.keras").get_weights()
    return np.concatenate([value.ravel() for value in found])


@pytest.mark.parametrize(
    ("data", "changes", "same"),
    [
        ("noisy", {"distillation": 0.0}, False),
        ("noisy", {"weight_averaging": 0.9}, False),
        ("clean", {"distillation": 0.0}, True),
    ],
)
def test_distillation_and_averaging_change_the_networks_they_are_meant_for(
    params, data, changes, same
):
    place, name = elsewhere("taught"), f"classifier_{data}"
    train_classifier.main(with_section(params, "training", **changes), data, place)
    assert np.array_equal(weights(Place(), name), weights(place, name)) == same


@pytest.mark.parametrize(("factor", "epochs"), [(1.0, 6), (2.5, 15), (0.1, 1), (0.01, 1)])
def test_the_epoch_factor_lengthens_trainings(factor, epochs, params):
    length = params.data.training.classifier.model_copy(update={"epochs": 6})
    assert epochs_of(with_section(params, "training", epoch_factor=factor), length) == epochs


def test_branches_are_trained_and_fit_the_images(params):
    place = elsewhere("branches")
    place.models.mkdir()
    shutil.copyfile(MODELS / "autoencoder.keras", place.models / "autoencoder.keras")
    train_joint.main(with_section(params, "joint", form="branches", learning_rate=1e-12), place)
    network = read_network("joint", read_clean("test", params.dataset), 2, place.models)
    assert network.name == "joint"
    autoencoder = read_model(place.models / "autoencoder.keras")
    branches = read_model(place.models / "joint.keras")
    for layer in autoencoder.layers:  # at this rate, training leaves it alone
        for mine, theirs in zip(
            branches.get_layer(layer.name).get_weights(), layer.get_weights(), strict=True
        ):
            assert np.allclose(mine, theirs, atol=1e-6)


@pytest.mark.thorough
def test_networks_with_a_level_input_are_trained_on_a_range(params):
    levels = {"noise_range": [0.1, 0.5], "level_input": True, "level_known": 0.5}
    place, changed = elsewhere("levels"), with_section(with_resnet(params), "training", **levels)
    train_autoencoder.main(changed, place)
    for data in ("noisy", "denoised"):
        train_classifier.main(changed, data, place)
    train_joint.main(changed, place)
    images = read_clean("test", params.dataset)
    for name in TRAINED:
        network = read_network(name, images, 2, place.models)
        assert network.has_level
        assert network.card
        assert (network.card.levels, network.card.level_known) == ([0.1, 0.5], 0.5)


def test_arms_of_the_pipeline_are_trained_on_a_range_and_measured(params):
    """One of them; the others are taken from the pipeline."""
    train_arm.main(params, "classifier_noisy")
    folder = MODELS / "noise_levels_arms"
    card = read_card(folder / "classifier_noisy.keras")
    assert card
    assert card["levels"] == [0, 0.6]
    for name in ("autoencoder", "classifier_denoised", "joint"):
        shutil.copyfile(MODELS / f"{name}.onnx", folder / f"{name}.onnx")
    measure_arms.main(params)
    arms = pd.read_csv("data/noise_levels/arms.csv")
    assert set(arms["level"]) == set(params.sweep.levels)
    trained = arms.groupby("trained_on")["arm"].agg(set)
    assert trained["level"] - trained["range"] == {"clean_trained"}
    assert trained["range"] < trained["level"]
    differences = pd.read_csv("data/noise_levels/arm_differences.csv").set_index(["level", "arm"])
    table = arms.pivot(index=["level", "arm"], columns="trained_on", values="accuracy").dropna()
    gains = (table["range"] - table["level"]).sort_index()
    found = differences["value"].sort_index()
    assert [*found.index] == [*gains.index]
    assert found.to_numpy() == pytest.approx(gains.to_numpy(), abs=1e-6)
    with pytest.raises(UserError, match=r"training.noise_range.*Remove it"):
        measure_arms.main(with_section(params, "training", noise_range=[0.1, 0.3]))


def test_a_range_without_the_level_of_the_noise_is_refused(params):
    loud = params.model_copy(update={"noise": params.noise.at(0.9)})
    with pytest.raises(UserError, match=r"arms.noise_range: Expected a range that .* 0.9. Rec"):
        train_arm.main(loud, "joint")


def test_the_control_has_the_work_of_the_joint_network_and_is_compared_with_it(params):
    train_control.main(with_resnet(params))
    work = read_json(MODELS / "equal_work/work.json")
    assert work["multiply_adds"]["control"] >= work["multiply_adds"]["joint"]
    assert work["multiply_adds"]["noise_trained"] < work["multiply_adds"]["joint"]
    assert work["width"] > 8
    measure_control.main(params)
    arms = pd.read_csv("data/equal_work/arms.csv").set_index("arm")
    differences = pd.read_csv("data/equal_work/differences.csv")
    assert set(differences["measure"]) == {"accuracy", "mcnemar_p"}
    gains = differences[differences["measure"] == "accuracy"]
    assert len(gains) == 3
    for _, row in gains.iterrows():
        found = arms.loc[row["arm"], "accuracy"] - arms.loc[row["minus"], "accuracy"]
        assert row["value"] == pytest.approx(found)
        assert row["low"] <= row["value"] <= row["high"]
