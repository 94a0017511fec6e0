"""The shape of the pipeline: what each stage depends on, and what a change runs again."""

import ast
import re
import subprocess
import sys

import pytest
import yaml

from denoising.config import params
from denoising.config.yaml_schema import Section
from tests.support.dag import ROOT, imported_files, module, needed_files
from tools.reruns import covers, run_again, stages

STAGES = stages()
PARAMS = yaml.safe_load((ROOT / "params.yaml").read_text())
PIPELINE = yaml.safe_load((ROOT / "dvc.yaml").read_text())
LOCKED = "requirements.txt"


def is_code(path: str) -> bool:
    return path.endswith(".py") and "${" not in path


def with_dataset(key: str) -> str:
    return key.replace("${dataset}", PARAMS["dataset"])


def leaves(section: dict, prefix: str = "") -> list[str]:
    found = []
    for key, value in section.items():
        nested = isinstance(value, dict) and value
        found += leaves(value, f"{prefix}{key}.") if nested else [f"{prefix}{key}"]
    return found


def metric(entry: dict) -> str:
    return next(iter(entry))


@pytest.mark.parametrize("name", STAGES)
def test_deps_are_the_closure_of_the_imports(name):
    stage = STAGES[name]
    code = [path for path in stage["deps"] if is_code(path)]
    assert sorted(code) == sorted(needed_files(stage))
    assert LOCKED in stage["deps"]


@pytest.mark.parametrize("name", STAGES)
def test_every_stage_says_what_it_does_and_is_run_as_a_module(name):
    stage = STAGES[name]
    assert len(stage["desc"]) > 20
    assert re.fullmatch(rf"python -m stages\.{name.partition('@')[0]}( \w+)?", stage["cmd"])


@pytest.mark.parametrize("name", STAGES)
def test_every_declared_parameter_exists(name):
    known = leaves(PARAMS)
    for key in STAGES[name]["params"]:
        assert any(covers(with_dataset(key), leaf) for leaf in known), key


@pytest.mark.parametrize("name", PARAMS["datasets"])
def test_every_data_set_has_its_folder_in_git(name):
    """Without it `dvc repro` would end: `download` depends on it."""
    assert "datasets/${dataset}" in STAGES["download"]["deps"]
    listed = subprocess.run(["git", "ls-files", f"datasets/{name}"], cwd=ROOT, capture_output=True)
    assert listed.stdout


def test_every_parameter_is_declared_by_a_stage():
    declared = [
        key.replace("${dataset}", name)
        for stage in STAGES.values()
        for key in stage["params"]
        for name in PARAMS["datasets"]
    ]
    unused = [leaf for leaf in leaves(PARAMS) if not any(covers(key, leaf) for key in declared)]
    assert unused == []


def test_every_key_of_the_parameters_is_read_somewhere():
    code = "".join(
        path.read_text()
        for folder in ("denoising", "stages")
        for path in (ROOT / folder).rglob("*.py")
        if path.name != "params.py"
    )
    sections = [kind for kind in vars(params).values() if isinstance(kind, type)]
    keys = {
        key
        for section in sections
        if issubclass(section, Section)
        for key in section.model_fields
        if key != "datasets"  # read by `Params.data`
    }
    assert len(keys) > 20
    assert {key for key in keys if not re.search(rf"\.{key}\b", code)} == set()


def read_by(name: str) -> set[str]:
    """Return the parameters that the stage's own code, and what it shares with others, reads."""
    chains = set()
    for path in imported_files(module(STAGES[name])):
        if not path.startswith("stages/"):
            continue
        for node in ast.walk(ast.parse((ROOT / path).read_text())):
            chain, inner = [], node
            while isinstance(inner, ast.Attribute):
                chain.insert(0, inner.attr)
                inner = inner.value
            if chain and isinstance(inner, ast.Name) and inner.id == "params":
                chains.add(".".join(chain))
    longest = {key for key in chains if not any(covers(key, o) and o != key for o in chains)}
    data = {re.sub(r"^data\b", f"datasets.{PARAMS['dataset']}", key) for key in longest}
    return {re.sub(r"\.(model_dump|index)$", "", key) for key in data}


@pytest.mark.parametrize("name", [name for name in STAGES if name != "train_classifier@clean"])
def test_a_stage_declares_what_it_reads_and_reads_what_it_declares(name):
    declared = {with_dataset(key) for key in STAGES[name]["params"]}
    read = read_by(name)
    undeclared = {key for key in read if not any(covers(other, key) for other in declared)}
    assert undeclared == set()
    if any(key.startswith("datasets.") for key in read):
        read.add("dataset")
    unread = {key for key in declared if not any(covers(key, o) or covers(o, key) for o in read)}
    assert unread == set()


def test_the_clean_trained_classifier_depends_on_no_noise():
    clean, noisy = (STAGES[f"train_classifier@{data}"] for data in ("clean", "noisy"))
    assert "noise" not in clean["params"]
    assert not [path for path in clean["deps"] if path.startswith("data/noisy")]
    assert set(noisy["params"]) - set(clean["params"]) == {"noise"}


@pytest.mark.parametrize(
    ("changed", "untouched"),
    [
        ("noise.level", {"download", "train_classifier@clean"}),
        ("noise.kind", {"download", "train_classifier@clean"}),
        ("datasets.digits.training.classifier.epochs", {"download", "add_noise"}),
        ("datasets.digits.training.autoencoder.epochs", {"download", "train_joint"}),
        ("datasets.digits.training.joint.epochs", {"train_autoencoder", "evaluate_denoised"}),
        ("joint.learning_rate", {"train_autoencoder", "train_classifier@noisy", "add_noise"}),
        ("classifier.learning_rate", {"train_autoencoder", "train_joint", "add_noise"}),
        ("autoencoder.loss", {"train_joint", "evaluate_joint", "train_classifier@noisy"}),
        ("joint.classification_weight", {"train_autoencoder", "evaluate_classifier"}),
        ("detector.scored_patches", {"download", "add_noise", "evaluate_joint"}),
        ("roc.resamples", {"run_detector", "evaluate_classifier"}),
        ("datasets.mnist.source.validation", set(STAGES)),
    ],
)
def test_a_change_leaves_alone_what_it_does_not_concern(changed, untouched):
    stale = run_again(changed)
    assert not stale & untouched
    assert stale or untouched == set(STAGES)


def test_training_never_sees_the_test_set():
    for name, stage in STAGES.items():
        if name.startswith("train_"):
            data = {path for path in stage["deps"] if path.startswith("data/")}
            allowed = [
                f"data/{kind}/{split}"
                for kind in ("clean", "noisy")
                for split in ("train", "validation")
            ]
            assert data <= set(allowed)


def test_metrics_are_in_git_and_everything_else_is_cached():
    for stage in STAGES.values():
        for entry in stage.get("metrics", []):
            assert entry[metric(entry)] == {"cache": False}
            assert metric(entry).startswith("metrics/")
        assert all(isinstance(path, str) for path in stage.get("outs", []))


@pytest.mark.parametrize("name", ["download", "add_noise", "run_detector", "compute_roc"])
def test_stages_without_a_network_import_neither_keras_nor_tensorflow(name):
    program = (
        f"import stages.{name}, sys;"
        "sys.exit(', '.join({'keras', 'tensorflow'} & set(sys.modules)) or None)"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_every_curve_table_and_picture_is_declared_as_a_plot_once():
    declared = []
    for entry in PIPELINE["plots"]:
        if isinstance(entry, str):
            declared.append(entry)
        else:
            declared += next(iter(entry.values()))["y"]
    outputs = [path for stage in STAGES.values() for path in stage.get("outs", [])]
    drawn = [path for path in outputs if path.startswith("plots/")]
    more = 3 * ["plots/sweep.csv"]  # accuracy, PSNR, and the calibration error before and after
    assert sorted(declared) == sorted([*drawn, *more, "data/detector/patches.png"])


def test_every_plot_has_a_title_and_names_its_axes_and_its_template():
    for entry in PIPELINE["plots"]:
        if isinstance(entry, dict):
            plot = next(iter(entry.values()))
            assert {"title", "template", "x", "x_label", "y_label"} <= set(plot)
            assert (ROOT / ".dvc/plots" / f"{plot['template']}.json").is_file()
