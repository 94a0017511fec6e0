"""What the README shows is what the files in Git say."""

import hashlib
import json
import re
import shutil
import subprocess
from pathlib import Path

import pandas as pd
import pytest
import yaml

from tests.support.dag import ROOT
from tools import model_cards as cards
from tools import result_tables as table


def list_pages() -> list[str]:
    """Return the pages of the repository."""
    command = ["git", "ls-files", "*.md"]
    found = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    return found.stdout.splitlines()


@pytest.mark.parametrize("page", table.PAGES)
def test_the_tables_of_the_pages_are_those_of_the_files(page):
    """Where this fails, run `python -m results.table`: a figure or the code has moved on."""
    text = (ROOT / page).read_text()
    assert table.updated(text, table.PAGES[page]) == text
    for name in table.PAGES[page]:
        assert f"<!-- {name} -->" in text


@pytest.mark.parametrize("page", list_pages())
def test_what_a_page_points_at_exists(page):
    targets = re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", (ROOT / page).read_text())
    for target in targets:
        assert target.startswith("http") or (ROOT / page).parent.joinpath(target).exists(), target


def test_the_cards_are_those_of_the_kept_results():
    """Where this fails, run `python -m results.cards`."""
    written = {path.stem: path.read_text("utf-8") for path in cards.FOLDER.glob("*.md")}
    assert written == cards.cards()


def test_the_workflow_runs_what_the_makefile_has():
    workflow = yaml.safe_load((ROOT / ".github/workflows/pipeline.yml").read_text())
    steps = workflow["jobs"]["pipeline"]["steps"]
    run = [word for step in steps for word in re.findall(r"make (\w+)", step.get("run", ""))]
    assert run == ["lint", "test", "repro", "metrics"]
    targets = re.findall(r"^(\w[\w-]*):", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert set(run) <= set(targets)
    (kept,) = (step["with"]["path"] for step in steps if "upload" in step.get("uses", ""))
    outs = yaml.safe_load((ROOT / "dvc.yaml").read_text())["stages"]["report"]["outs"]
    assert outs == [kept]


def test_the_models_that_dvc_names_are_written_by_a_stage():
    pipeline = yaml.safe_load((ROOT / "dvc.yaml").read_text())
    assert set(pipeline["artifacts"]) == {"classifier", "autoencoder", "joint"}
    lock = yaml.safe_load((ROOT / "dvc.lock").read_text())
    outs = {out["path"] for stage in lock["stages"].values() for out in stage.get("outs", ())}
    assert {artifact["path"] for artifact in pipeline["artifacts"].values()} <= outs


def test_the_detectors_table_holds_the_default_run():
    run = json.loads((ROOT / "metrics/roc.json").read_text())
    rows = pd.read_csv(table.DETECTOR)
    row = rows[(rows.seed == 0) & (rows.level == 0.2)].iloc[0]
    assert {key: row[key] for key in run} == pytest.approx(run, rel=1e-5)


@pytest.fixture
def other_run(tmp_path, monkeypatch):
    """Return a copy of the kept run that the tables are made of."""
    copy = tmp_path / table.RUN.name
    shutil.copytree(table.RUN, copy)
    monkeypatch.setattr(table, "RUN", copy)
    return copy


def test_other_metrics_make_another_table(other_run):
    before = table.results_table()
    path = other_run / "metrics/denoised.json"
    metrics = json.loads(path.read_text())
    path.write_text(json.dumps(metrics | {"psnr": 99.0}))
    assert "| 99.00 (" in table.results_table()
    assert table.results_table() != before


def of_this_code(lock: Path) -> str:
    """Return a lock that says that its run was made of the code and the parameters of today."""
    current = yaml.safe_load((ROOT / "params.yaml").read_text()) | {"dataset": table.RUN.name}
    locked = yaml.safe_load(lock.read_text())
    for stage in locked["stages"].values():
        for dep in stage["deps"]:
            if (ROOT / dep["path"]).is_file():
                dep["md5"] = hashlib.md5((ROOT / dep["path"]).read_bytes()).hexdigest()
        for key in stage["params"]["params.yaml"]:
            value = current
            for part in key.split("."):
                value = value[part]
            stage["params"]["params.yaml"][key] = value
    return yaml.safe_dump(locked, sort_keys=False)


def test_a_run_of_other_code_or_parameters_has_level_input_of(other_run):
    lock = other_run / "dvc.lock"
    text = of_this_code(lock)
    lock.write_text(text)
    assert "are those of the committed code" in table.provenance()
    digest = re.search(r"path: denoising/noise.py\n(?:.*\n)?? +md5: (\w+)", text)[1]
    lock.write_text(text.replace(digest, "0" * 32))
    assert "`add_noise`" in table.provenance()
    assert "`download`" not in table.provenance()
    lock.write_text(text.replace("level: 0.2", "level: 0.3"))
    assert "`train_autoencoder`" in table.provenance()
    assert "`download`" not in table.provenance()
