"""Stages in a wrong place, without rights or memory, or beside files that do not belong there."""

import json
import os
import sys

import pytest

from tests.support.runs import everything, fails, python, refuses, without_rights
from tests.support.workspace import changed_params, run


def test_a_stage_outside_the_environment_names_the_command_to_activate_it(workspace):
    done = python(["-S", "-m", "stages.download"], workspace)
    fails(done, "is not installed in the environment of")
    assert "`source .venv/bin/activate`" in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_a_stage_in_another_folder_names_the_right_one_and_writes_nothing(workspace, tmp_path):
    done = run(f"{sys.executable} -m stages.download", tmp_path, PYTHONPATH=str(workspace))
    fails(done, "error: Cannot read the parameters in params.yaml")
    assert "Run the command in the root of the repository" in done.stderr
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("value", ["raw", "/nowhere/at/all", __file__])
def test_an_invalid_raw_folder_ends_a_stage_with_a_message(value, workspace):
    with changed_params(workspace, lambda values: values.update(dataset="mnist")):
        refuses("download", workspace, "variable DENOISE_RAW_DIR is", DENOISE_RAW_DIR=value)


@pytest.fixture
def spoil(workspace):
    """Return a function that replaces a file of the workspace, for as long as the test lasts."""
    kept = {}

    def replace(name: str, content: bytes | None) -> None:
        path = workspace / name
        kept[path] = path.read_bytes()
        path.unlink()  # DVC may have linked it
        if content is not None:
            path.write_bytes(content)

    yield replace
    for path, content in kept.items():
        path.unlink(missing_ok=True)
        path.write_bytes(content)


def test_images_of_another_data_set_are_refused(workspace):
    with changed_params(workspace, lambda values: values.update(dataset="fashion_mnist")):
        refuses("add_noise", workspace, "selects the data set fashion_mnist")


def fewer_labels() -> bytes:
    header = {"descr": "<i8", "fortran_order": False, "shape": (3,)}
    content = f"{header}".ljust(117) + "\n"
    return b"\x93NUMPY\x01\x00" + len(content).to_bytes(2, "little") + content.encode() + bytes(24)


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("images.npy", None, "which an earlier stage writes"),
        ("images.npy", b"", "Delete it; `dvc checkout` or `dvc repro`"),
        ("images.npy", b"\x93NUMPY\x01\x00 cut", "is damaged"),
        ("labels.npy", fewer_labels(), "arrays do not match"),
        ("dataset.json", b"{", "is damaged"),
        ("dataset.json", b'{"dataset": "mnist"}', "holds images of mnist"),
    ],
    ids=range(6),
)
def test_broken_or_stale_inputs_are_reported(name, content, message, workspace, spoil):
    spoil(f"data/clean/validation/{name}", content)
    refuses("add_noise", workspace, message)


@pytest.mark.skipif(sys.platform != "linux", reason="root's rights are taken away as Linux does it")
@pytest.mark.parametrize(
    ("stage", "path", "mode"),
    [("compute_roc", "metrics", 0o555), ("add_noise", "data/clean/validation/images.npy", 0o000)],
)
def test_a_file_without_permission_is_named(stage, path, mode, workspace):
    before, known = everything(workspace), (workspace / path).stat().st_mode
    (workspace / path).chmod(mode)
    try:
        done = python(["-m", f"stages.{stage}"], workspace, preexec_fn=without_rights)
    finally:
        (workspace / path).chmod(known)
    fails(done, f"error: {stage} cannot access {path}")
    assert "permission denied" in done.stderr
    assert everything(workspace) == before


def test_a_file_in_place_of_a_folder_is_named(workspace):
    plots, kept = workspace / "plots/detector", workspace / "plots/kept"
    plots.rename(kept)
    plots.write_text("mine")
    try:
        refuses("compute_roc", workspace, "error: compute_roc cannot access plots/detector")
    finally:
        plots.unlink()
        kept.rename(plots)


def test_too_little_memory_ends_a_stage_with_a_message(workspace):
    program = (
        "import stages, runpy, denoising.noise.apply as noise\n"
        "def none(*arguments): raise MemoryError('Unable to allocate 9 TiB')\n"
        "noise.add_noise = none\n"
        "runpy.run_module('stages.add_noise', run_name='__main__', alter_sys=True)"
    )
    done = python(["-c", program], workspace)
    fails(done, "error: add_noise ran out of memory: Unable to allocate 9 TiB")
    assert not list(workspace.rglob("*partial*"))


def test_a_users_settings_of_keras_change_nothing(workspace, tmp_path):
    settings = {"floatx": "float16", "image_data_format": "channels_first", "backend": "jax"}
    (tmp_path / "keras.json").write_text(json.dumps(settings))
    program = (
        "import stages, keras\nfrom denoising.seeding import make_deterministic\n"
        "make_deterministic(0, 2)\n"
        "print(keras.backend.backend(), keras.config.floatx(), keras.config.image_data_format())"
    )
    done = python(["-c", program], workspace, variables={"KERAS_HOME": str(tmp_path)})
    assert done.stdout.split() == ["tensorflow", "float32", "channels_last"], done.stderr


@pytest.mark.parametrize("stage", ["train_autoencoder", "train_classifier clean"])
def test_another_backend_in_the_environment_is_refused(stage, workspace):
    message = "error: training.backend: Expected jax, the KERAS_BACKEND of the environment."
    refuses(stage, workspace, message, KERAS_BACKEND="jax")


def test_several_processes_are_refused_without_jax(workspace):
    launch = {"JAX_NUM_PROCESSES": "2", "JAX_PROCESS_ID": "0"}
    refuses("train_autoencoder", workspace, "2 processes were started, but", **launch)


def test_no_output_holds_the_folder_or_the_machine_that_computed_it(finished):
    names = [name.encode() for name in (str(finished), os.uname().nodename) if len(name) > 4]
    outputs = {
        name: content
        for name, content in everything(finished).items()
        if name.partition("/")[0] in ("data", "metrics", "models", "plots", "report", "dvc.lock")
    }
    assert len(outputs) > 40
    for name, content in outputs.items():
        assert not [one for one in names if one in content], name
