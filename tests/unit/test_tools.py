"""Programs of `tools/` report a user's mistakes in one message."""

import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from denoising.files.errors import UserError
from tools import _program, keep_run, ship_model
from tools.verify import locked, table


@pytest.mark.parametrize("name", ["../elsewhere", "/tmp", ".", "plots"])
def test_a_run_is_kept_in_a_folder_of_its_own(name, monkeypatch):
    monkeypatch.setattr(sys, "argv", ["keep_run", name])
    with pytest.raises(UserError, match=r"is not a folder of results/|holds no kept run"):
        keep_run.main()


@pytest.mark.parametrize("name", ["mnist", "mnist/seed_1"])
def test_a_run_is_not_kept_under_the_name_of_another_data_set(name, monkeypatch):
    monkeypatch.setattr(sys, "argv", ["keep_run", name])
    with pytest.raises(UserError, match="selects the data set digits, not mnist"):
        keep_run.main()


@pytest.mark.parametrize(
    ("name", "study"),
    [("published", "published"), ("digits/traffic_signs", "traffic_signs"), ("digits", None)],
)
def test_a_study_is_kept_on_its_own_or_within_a_run(name, study, monkeypatch):
    kept = []
    monkeypatch.setattr(keep_run, "keep_study", lambda *given: kept.append(given))
    monkeypatch.setattr(keep_run, "keep_pipeline", lambda *given: kept.append(given))
    monkeypatch.setattr(sys, "argv", ["keep_run", name])
    keep_run.main()
    source = [keep_run.STUDIES / study] if study else []
    assert kept == [(*source, keep_run.RESULTS / name)]


def test_the_trained_model_is_shipped(tmp_path, monkeypatch):
    trained = tmp_path / "models" / "denoiser.onnx"
    shipped = tmp_path / "photos.onnx"
    settings = SimpleNamespace(trained=Path("models/denoiser.onnx"))
    monkeypatch.setattr(ship_model, "read_settings", lambda: settings)
    for name, path in (("PHOTOS", shipped), ("ROOT", tmp_path)):
        monkeypatch.setattr(ship_model, name, path)
    with pytest.raises(UserError, match=r"no trained model .* Train it with `dvc repro"):
        ship_model.main()
    trained.parent.mkdir()
    trained.write_bytes(b"to run")
    with pytest.raises(UserError, match=r"no trained model at .*denoiser\.keras"):
        ship_model.main()
    trained.with_suffix(".keras").write_bytes(b"to train further")
    ship_model.main()
    assert shipped.read_bytes() == b"to run"
    assert shipped.with_suffix(".keras").read_bytes() == b"to train further"


def test_the_comparison_of_two_locks_names_what_differs():
    one, other = (
        locked(f"stages: {{a: {{outs: [{{path: x, md5: '1'}}, {{path: y, md5: '{md5}'}}]}}}}")
        for md5 in (2, 3)
    )
    lines = table(one, other)
    assert lines[1].endswith("equal")
    assert lines[2].endswith("DIFFERENT")


@pytest.mark.parametrize("error", [UserError("No plots."), OSError(28, "No space left", "here")])
def test_a_mistake_ends_a_program_without_a_traceback(error):
    def main():
        raise error

    with pytest.raises(SystemExit, match=r"^error: (No plots|Cannot access here: no space left)\."):
        _program.run(main)
