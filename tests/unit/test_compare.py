"""The table that compares a measure between settings."""

import pytest

from denoising.files.errors import UserError
from tools.compare import Setting, compared, flat


def setting(name: str, level: float, accuracy: float, **more: float) -> Setting:
    params = {"noise": {"level": level, "kind": "gaussian"}, "autoencoder": {"options": {}}}
    metrics = {
        "sweep": {"break_even_level": 0.05},
        "joint": {"accuracy": accuracy, "psnr": 26.3},
        "clean_trained": {"accuracy": 0.5, **more},
    }
    return Setting(name, flat(params), metrics)


def rows(table: str) -> list[list[str]]:
    return [[cell.strip() for cell in line.split("|")[1:-1]] for line in table.splitlines()]


def test_a_column_a_setting_below_the_parameters_that_differ():
    found = rows(compared("accuracy", [setting("mild", 0.1, 0.99), setting("strong", 0.4, 0.9)]))
    del found[1]
    assert found == [
        ["accuracy", "mild", "strong"],
        ["noise.level", "0.1", "0.4"],
        ["clean-trained", "0.5000", "0.5000"],
        ["joint network", "0.9900", "0.9000"],
    ]


def test_parameters_that_one_setting_lacks_differ():
    one, other = setting("one", 0.2, 0.9), setting("other", 0.2, 0.9)
    other.params.update({"autoencoder.options.width": 24, "sweep.levels": [0, 0.2]})
    found = rows(compared("accuracy", [one, other]))
    assert ["autoencoder.options.width", "", "24"] in found
    assert ["sweep.levels", "", "[0, 0.2]"] in found
    assert not any("noise" in row[0] for row in found)


def test_the_entry_of_a_data_set_that_one_setting_lacks_is_left_out():
    one, other = setting("one", 0.2, 0.9), setting("other", 0.2, 0.9)
    for each, name, size in ((one, "digits", 28), (other, "own", 28)):
        entry = {"dataset": name, "datasets.digits.source.size": size}
        each.params.update(entry)
    other.params.update({"datasets.own.source.height": 32, "datasets.digits.source.test": 20})
    found = rows(compared("accuracy", [one, other]))
    assert [row for row in found if row[0].startswith("data")] == [
        ["dataset", "digits", "own"],
        ["datasets.digits.source.test", "", "20"],
    ]


def test_only_arms_with_the_measure_have_a_row_and_gaps_are_empty():
    settings = [setting("one", 0.2, 0.9), setting("other", 0.2, 0.9, psnr=15.934)]
    assert rows(compared("psnr", settings))[2:] == [
        ["clean-trained", "", "15.93"],
        ["joint network", "26.30", "26.30"],
    ]
    assert rows(compared("break_even_level", settings))[2:] == [["sweep", "0.0500", "0.0500"]]


def test_runs_that_differ_in_the_seed_alone_have_their_mean_and_standard_deviation():
    runs = [setting(f"seed_{seed}", 0.2, 0.9 + 0.01 * seed) for seed in range(3)]
    for seed, run in enumerate(runs):
        run.params["seed"] = seed
    found = rows(compared("accuracy", runs))
    assert found[0][-2:] == ["mean", "standard deviation"]
    assert found[2] == ["seed", "0", "1", "2", "", ""]
    assert found[-1][-2:] == ["0.9100", "0.0100"]
    runs[0].params["noise.level"] = 0.1
    assert "mean" not in rows(compared("accuracy", runs))[0]


@pytest.mark.parametrize(
    ("settings", "fault"),
    [
        ([setting("one", 0.2, 0.9)], r"of one is called 'recall'. Metrics: accuracy, break_even"),
        ([Setting("one", {}, {}), Setting("two", {}, {})], r"of one, two .* none; `dvc repro`"),
    ],
)
def test_an_unknown_measure_is_refused_with_those_there_are(settings, fault):
    with pytest.raises(UserError, match=fault):
        compared("recall", settings)
