"""The shape of the pipelines: dependencies of stages, and stages that a change runs again."""

import ast
import re
import subprocess
from pathlib import Path

import pytest

from denoising.config import params
from denoising.config.yaml_schema import Section
from tests.support.dag import ROOT, dvc_files
from tests.support.imports import graph
from tests.support.yaml_files import read_yaml, value_at
from tools.reruns import covers, run_again, stages

STAGES = stages()
EVERYWHERE = [stage for file in dvc_files() for stage in stages(file).values()]
PARAMS = read_yaml(ROOT / "params.yaml")
PIPELINE = read_yaml(ROOT / "dvc.yaml")
# The keys that remain after `noise.of(kind).at(level)` and `noise.at(level)`.
KEPT = {"noise.of": {"noise.clip"}, "noise.at": {"noise.kind", "noise.clip"}}
# Tables under `plots/` that are read, not drawn.
TABLES = {
    "plots/break_even.csv",
    "plots/calibration.csv",
    "plots/data.csv",
    "plots/detector/summary.csv",
    "plots/differences.csv",
    "plots/filters.csv",
    "plots/gains.csv",
    "plots/over_levels.csv",
}
NETWORKS = re.compile(r"fingerprints/networks/(\w+)\.txt")


def leaves(section: dict, prefix: str = "") -> list[str]:
    found = []
    for key, value in section.items():
        nested = isinstance(value, dict) and value
        found += leaves(value, f"{prefix}{key}.") if nested else [f"{prefix}{key}"]
    return found


def values_of(stage) -> list[str]:
    """Return the names of networks among the parameters of a stage."""
    found = []
    for file, keys in stage.params.items():
        values = read_yaml(ROOT / file)
        for key in keys:
            section = value_at(values, key)
            # In params.yaml networks are called `name`, in a study's recipes `network`.
            every = [*leaves(section, f"{key}.")] if isinstance(section, dict) else [key]
            for leaf in every:
                if re.search(r"(classifier|autoencoder)\.name$|\.network$", leaf):
                    found.append(value_at(values, leaf))
    return found


@pytest.mark.parametrize("stage", EVERYWHERE, ids=lambda stage: f"{stage.file}:{stage.name}")
def test_a_stage_depends_on_its_fingerprint_and_on_the_requirements(stage):
    name = stage.module.removeprefix("stages.").replace(".stages.", "/").replace(".", "/")
    assert f"fingerprints/{name}.txt" in stage.deps
    assert "requirements.txt" in stage.deps
    assert (ROOT / f"fingerprints/{name}.txt").is_file()


@pytest.mark.parametrize(
    "stage",
    [stage for stage in EVERYWHERE if "train" in stage.name],
    ids=lambda stage: f"{stage.file}:{stage.name}",
)
def test_a_training_stage_depends_on_the_fingerprints_of_its_networks(stage):
    found = {match[1] for path in stage.deps if (match := NETWORKS.fullmatch(path))}
    named = set(values_of(stage))
    assert named
    assert named <= found
    if "published" not in stage.file:  # its classifier is a network that only some recipes have
        assert named == found


@pytest.mark.parametrize("file", dvc_files())
def test_no_pipeline_names_a_source_file(file):
    text = re.sub(r"#.*", "", (ROOT / file).read_text("utf-8"))
    assert not re.search(r"[\w/]+\.(py|css|js|html?)\b(?!/)", text.replace("report/index.html", ""))


@pytest.mark.parametrize("stage", EVERYWHERE, ids=lambda stage: f"{stage.file}:{stage.name}")
def test_every_stage_has_a_description_and_runs_as_a_module(stage):
    assert len(stage.description) > 20
    assert re.fullmatch(r"(eval exec \$DENOISE_LAUNCHER )?python -m [\w.]+( \w+)*", stage.command)
    assert (ROOT / Path(*stage.module.split("."))).with_suffix(".py").is_file()


@pytest.mark.parametrize("name", STAGES)
def test_every_declared_parameter_exists(name):
    known = leaves(PARAMS)
    for key in STAGES[name].keys:
        assert any(covers(key, leaf) for leaf in known), key


@pytest.mark.parametrize("name", PARAMS["datasets"])
def test_every_data_set_has_its_folder_in_git(name):
    """Without it `dvc repro` would end: `download` depends on it."""
    assert "datasets/${dataset}" in PIPELINE["stages"]["download"]["deps"]
    listed = subprocess.run(["git", "ls-files", f"datasets/{name}"], cwd=ROOT, capture_output=True)
    assert listed.stdout


def test_every_parameter_is_declared_by_a_stage():
    selected = f"datasets.{PARAMS['dataset']}"
    declared = [key for stage in STAGES.values() for key in stage.keys]
    unused = [leaf for leaf in leaves(PARAMS) if not any(covers(key, leaf) for key in declared)]
    assert [leaf for leaf in unused if not leaf.startswith("datasets.")] == []
    assert [leaf for leaf in unused if covers(selected, leaf)] == []


def test_every_key_of_the_parameters_is_read_somewhere():
    code = "".join(
        path.read_text("utf-8")
        for folder in ("denoising", "stages")
        for path in (ROOT / folder).rglob("*.py")
        if path.parent.name != "config"
    )
    code += (ROOT / "denoising/config/training.py").read_text("utf-8")  # reads `level_input`
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
    """Return the parameters that a stage and the stages' shared modules that it imports read."""
    module = STAGES[name].module
    chains = set()
    for imported in {module, *graph().find_upstream_modules(module)}:
        if not imported.startswith("stages."):
            continue
        path = ROOT / Path(*imported.split(".")).with_suffix(".py")
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            chain, inner = [], node
            while isinstance(inner, ast.Attribute):
                chain.insert(0, inner.attr)
                inner = inner.value
            if chain and isinstance(inner, ast.Name) and inner.id == "params":
                chains.add(".".join(chain))
    longest = {key for key in chains if not any(covers(key, o) and o != key for o in chains)}
    found = set()
    for key in longest:
        plain = re.sub(r"\.(model_dump|index)$", "", key)
        plain = re.sub(r"^data\b", f"datasets.{PARAMS['dataset']}", plain)
        found |= KEPT.get(plain, {plain})
    return found


@pytest.mark.parametrize("name", [name for name in STAGES if name != "train_classifier@clean"])
def test_a_stage_declares_the_parameters_it_reads_and_no_others(name):
    declared = set(STAGES[name].keys)
    read = read_by(name)
    undeclared = {key for key in read if not any(covers(other, key) for other in declared)}
    assert undeclared == set()
    if any(key.startswith("datasets.") for key in read):
        read.add("dataset")
    unread = {key for key in declared if not any(covers(key, o) or covers(o, key) for o in read)}
    assert unread == set()


def test_the_clean_trained_classifier_depends_on_no_noise():
    clean, noisy = (STAGES[f"train_classifier@{data}"] for data in ("clean", "noisy"))
    assert "noise" not in clean.keys
    assert not [path for path in clean.deps if path.startswith("data/noisy")]
    only = {"noise", "noise_range", "level_input", "level_known", "distillation"}
    assert set(noisy.keys) - set(clean.keys) == {"noise", *(f"training.{key}" for key in only)}


@pytest.mark.parametrize(
    ("changed", "untouched"),
    [
        ("noise.level", {"download", "train_classifier@clean"}),
        ("noise.kind", {"download", "train_classifier@clean"}),
        ("threads", {"download", "add_noise", "run_detector", "compute_roc"}),
        ("training.noise_range", {"download", "add_noise", "train_classifier@clean"}),
        ("datasets.digits.training.classifier.epochs", {"download", "add_noise"}),
        ("datasets.digits.training.autoencoder.epochs", {"download", "train_classifier@noisy"}),
        ("datasets.digits.training.joint.epochs", {"train_autoencoder", "evaluate_denoised"}),
        ("joint.learning_rate", {"train_autoencoder", "train_classifier@noisy", "add_noise"}),
        ("classifier.learning_rate", {"train_autoencoder", "add_noise"}),
        ("autoencoder.loss", {"train_classifier@clean", "train_classifier@noisy"}),
        ("training.distillation", {"train_classifier@clean", "train_autoencoder"}),
        ("joint.classification_weight", {"train_autoencoder", "evaluate_classifier"}),
        ("detector.scored_patches", {"download", "add_noise", "evaluate_joint"}),
        ("datasets.mnist.source.validation", set(STAGES)),
    ],
)
def test_a_change_runs_only_stages_that_depend_on_it(changed, untouched):
    stale = run_again(changed)
    assert not stale & untouched
    assert stale or untouched == set(STAGES)


def test_training_never_sees_the_test_set():
    for name, stage in STAGES.items():
        if name.startswith("train_"):
            data = {path for path in stage.deps if path.startswith("data/")}
            allowed = [
                f"data/{kind}/{split}"
                for kind in ("clean", "noisy")
                for split in ("train", "validation")
            ]
            assert data <= set(allowed)


def test_metrics_are_in_git_and_all_other_outputs_are_cached():
    for name, stage in PIPELINE["stages"].items():
        for entry in stage.get("metrics", []):
            [(path, options)] = entry.items()
            assert options == {"cache": False}
            assert path.startswith("metrics/")
        if name != "fingerprint":
            assert all(isinstance(path, str) for path in stage.get("outs", []))


def test_outputs_of_studies_are_cached_files_of_their_own_and_no_metrics():
    """DVC's metrics are those of the pipeline alone; without a cache there is no run cache."""
    for stage in EVERYWHERE:
        study = Path(stage.file).parent.name
        if study:
            assert not stage.metrics
            own = (f"data/{study}/", f"data/ranked_{study}/", f"models/{study}")
            assert all(out.startswith(own) for out in stage.outs)
            assert "cache: false" not in (ROOT / stage.file).read_text("utf-8")


def test_every_curve_table_and_picture_is_declared_as_a_plot_once():
    declared = []
    for entry in PIPELINE["plots"]:
        if isinstance(entry, str):
            declared.append(entry)
        else:
            declared += next(iter(entry.values()))["y"]
    outputs = [path for stage in STAGES.values() for path in stage.outs]
    drawn = [path for path in outputs if path.startswith("plots/") and path not in TABLES]
    more = 3 * ["plots/sweep.csv"]  # accuracy, PSNR, and the calibration error before and after
    more += [path for path in drawn if path.startswith("plots/class_roc/")]  # and their averages
    assert sorted(declared) == sorted([*drawn, *more, "data/detector/patches.png"])


def test_every_plot_has_a_title_axis_labels_and_a_template():
    for entry in PIPELINE["plots"]:
        if isinstance(entry, dict):
            plot = next(iter(entry.values()))
            assert {"title", "template", "x", "x_label", "y_label"} <= set(plot)
            assert (ROOT / ".dvc/plots" / f"{plot['template']}.json").is_file()
