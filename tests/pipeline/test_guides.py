"""The commands of the guides, run in order in a copy of the project."""

import csv
import json
import re
import subprocess
from pathlib import Path

import pytest

from tests.support.dag import ROOT
from tests.support.workspace import (
    ENVIRONMENT,
    SOMEBODY,
    commit,
    fresh_copy,
    run,
    succeed,
    tiny,
    write_params,
)

DATA, NETWORK = "docs/own_data.md", "docs/own_networks.md"


def block(page: str, language: str) -> str:
    """Return the first block of a language on a page."""
    return re.search(rf"```{language}\n(.*?)```", (ROOT / page).read_text(), re.DOTALL)[1]


def typed(commands: str, folder: Path) -> str:
    done = subprocess.run(
        ["bash", "-euc", commands],
        cwd=folder,
        env=ENVIRONMENT | SOMEBODY,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def metrics(folder: Path, name: str) -> dict:
    return json.loads((folder / f"metrics/{name}.json").read_text())


def data(folder: Path) -> dict:
    """Return the facts of the data set that `download` wrote."""
    with (folder / "plots/data.csv").open(newline="") as file:
        return {row["measure"]: row["value"] for row in csv.DictReader(file)}


def quick(entry: str) -> str:
    return re.sub(r"epochs: \d+", "epochs: 1", entry)


@pytest.fixture
def textures(tmp_path) -> Path:
    """Return a copy in which a newcomer has followed the guide up to the run."""
    folder = tmp_path / "textures"
    fresh_copy(folder)
    (folder / "dvc.lock").unlink()  # it lists outputs that are not in the copy's cache
    write_params(folder, tiny)
    commit(folder)
    (folder / "cut.py").write_text(block(DATA, "python"))
    succeed("python cut.py", folder)
    (folder / "cut.py").unlink()
    with (folder / "params.yaml").open("a") as file:
        file.write(quick(block(DATA, "yaml")))
    return folder


@pytest.mark.long
@pytest.mark.thorough
def test_the_guides_lead_from_a_folder_of_pictures_to_results(textures):
    printed = typed(block(DATA, "sh"), textures)
    assert "denoised_clean_trained" in printed
    assert data(textures) == {
        "dataset": "textures",
        **{"train": "480", "validation": "96", "test": "192"},
        **{"height": "32", "width": "32", "channels": "1", "classes": "3"},
    }
    typed("git commit --all --quiet --message run", textures)

    (textures / "denoising/networks/plain.py").write_text(block(NETWORK, "python"))
    before = metrics(textures, "denoised_clean_trained")
    reset = typed("git show HEAD:params.yaml", textures)
    (textures / "params.yaml").write_text(re.sub(r"width: 8\n +blocks: 1", "{}", reset))
    first, second = block(NETWORK, "sh").splitlines()
    printed = typed(f"{first} evaluate_joint evaluate_denoised", textures)
    assert "Running stage 'train_autoencoder'" in printed
    assert "Running stage 'download'" not in printed
    assert "Running stage 'train_classifier@clean'" not in printed
    plain = metrics(textures, "denoised_clean_trained")
    assert plain["psnr"] != before["psnr"]
    typed(f"{second} evaluate_denoised", textures)
    assert metrics(textures, "denoised_clean_trained")["psnr"] != plain["psnr"]


@pytest.mark.long
@pytest.mark.thorough
def test_pictures_without_classes_train_and_measure_a_denoiser(textures):
    text = (textures / "params.yaml").read_text()
    (textures / "params.yaml").write_text(
        re.sub(r"classes:  # the names.*(\n      - \w+)+", "classes: []", text)
    )
    command = re.search(r"^dvc exp run .* evaluate_reference$", (ROOT / DATA).read_text(), re.M)[0]
    assert "autoencoder: PSNR" in typed(command, textures)
    with (textures / "plots/reference.csv").open(newline="") as file:
        assert {row["denoiser"] for row in csv.DictReader(file)} >= {"noisy", "autoencoder"}
    refused = run("dvc repro train_joint", textures)
    assert refused.returncode != 0
    assert "The data set textures has no classes to learn" in refused.stdout + refused.stderr


def ran(printed: str) -> bool:
    return "Running stage 'download'" in printed


@pytest.mark.long
@pytest.mark.thorough
def test_download_runs_again_only_if_pictures_change(textures):
    typed("\n".join(block(DATA, "sh").splitlines()[:3]), textures)
    assert ran(succeed("dvc exp run --temp -S dataset=textures download", textures))
    write_params(textures, lambda values: values.update(dataset="textures"))
    assert not ran(succeed("dvc repro download", textures))  # the same, from the cache
    (textures / "datasets/textures/brick/0-0.png").unlink()
    assert ran(succeed("dvc repro download", textures))
    assert data(textures)["train"] == "479"
    assert not ran(succeed("dvc repro download", textures))
    assert "datasets/textures.dvc" in typed("git diff --name-only", textures)


@pytest.mark.long
@pytest.mark.thorough
def test_one_data_set_does_not_need_the_pictures_of_another(textures, tmp_path):
    typed("\n".join(block(DATA, "sh").splitlines()[:3]), textures)
    assert ran(succeed("dvc repro download", textures))
    (textures / "datasets/textures/brick/0-0.png").unlink()
    assert not ran(succeed("dvc repro download", textures))
    succeed(f"git clone --quiet {textures} {tmp_path}/clone", tmp_path)
    assert not (tmp_path / "clone/datasets/textures").exists()
    assert ran(succeed("dvc repro download", tmp_path / "clone"))


@pytest.mark.long
@pytest.mark.thorough
def test_changed_pictures_behind_a_link_run_download_again(textures, tmp_path):
    folder, disk = textures / "datasets/textures", tmp_path / "disk"
    folder.rename(disk)
    folder.symlink_to(disk)
    write_params(textures, lambda values: values.update(dataset="textures"))
    commit(textures)
    assert ran(succeed("dvc exp run --temp download", textures))
    assert not ran(succeed("dvc repro download", textures))
    (disk / "brick/0-0.png").unlink()
    assert ran(succeed("dvc repro download", textures))
