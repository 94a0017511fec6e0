"""Keep the results of the last run in Git: `python -m tools.keep_run fashion_mnist`.

With the name of a study (`published`, `photographs`, …), copy its outputs in ``data/NAME``, its
`dvc.lock` and durations to ``results/NAME``; with any other name, the metrics, plots, report,
parameters, `dvc.lock` and durations of the pipeline. Those of an earlier run there are replaced. A
study of the models of a run may be kept within it: ``RUN/NAME``.
"""

import argparse
import hashlib
import re
import shutil
import subprocess
import sys
from pathlib import Path

from denoising.files.errors import UserError
from denoising.files.tables import read_json, write_json
from tools._kept import read_yaml
from tools._program import RESULTS, ROOT, run
from tools._seconds import read_seconds
from tools.reruns import stages

FOLDERS = ("metrics", "plots", "report")
KEPT = (
    *("metrics/*.json", "plots/**/*.csv", "plots/**/*.png", "report/index.html"),
    *("params.yaml", "dvc.lock"),
)
STUDIES = ROOT / "studies"


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tools.keep_run", description=__doc__)
    parser.add_argument("name", help="a folder of results/, for example fashion_mnist/seed_1")
    name = parser.parse_args().name
    target = RESULTS / name
    if RESULTS.resolve() not in target.resolve().parents:
        raise UserError(f"{name!r} is not a folder of results/. Name one, such as fashion_mnist.")
    study = STUDIES / target.name
    if (study / "dvc.yaml").is_file():
        keep_study(study, target)
    else:
        keep_pipeline(target)


def keep_pipeline(target: Path) -> None:
    """Copy the results of the pipeline to `target`."""
    if target.exists() and not (target / "dvc.lock").exists():
        raise UserError(f"{target} exists, but holds no kept run. Choose another name.")
    check_dataset(target)
    check_finished(Path("dvc.yaml"))
    files = [path for pattern in KEPT for path in sorted(ROOT.glob(pattern))]
    for folder in FOLDERS:
        shutil.rmtree(target / folder, ignore_errors=True)
    for path in files:
        copy(path, target / path.relative_to(ROOT))
    write_json(target / "seconds.json", pipeline_seconds())
    print(f"Kept {len(files) + 1} files in {target.relative_to(ROOT)}.")


def keep_study(study: Path, target: Path) -> None:
    """Copy the outputs and the lock of a study to `target`, with the durations of its recipes.

    A duration that this folder has not logged is that of the earlier run.
    """
    pipeline = study.relative_to(ROOT) / "dvc.yaml"
    check_finished(pipeline)
    folder, path = Path("data", study.name), target / "seconds.json"
    outs = [Path(out) for stage in stages(str(pipeline)).values() for out in stage.outs]
    recipes = read_yaml(study / "params.yaml").get("recipes", {})
    known = read_json(path) if path.is_file() else {}
    known |= recipe_seconds(study.name, list(recipes))
    shutil.rmtree(target, ignore_errors=True)
    for out in outs:
        if folder in out.parents:
            copy(ROOT / out, target / out.relative_to(folder))
    copy(study / "dvc.lock", target / "dvc.lock")
    if seconds := {name: known[name] for name in recipes if name in known}:
        write_json(path, seconds)
    print(f"Kept the outputs of {study.name} in {target.relative_to(ROOT)}.")


def copy(source: Path, target: Path) -> None:
    """Copy a file, or a folder with all that is in it."""
    target.parent.mkdir(parents=True, exist_ok=True)
    if source.is_dir():
        shutil.copytree(source, target)
    else:
        shutil.copyfile(source, target)


def check_dataset(target: Path) -> None:
    """Raise `UserError` if the folder is called after another data set than that of the run."""
    params = read_yaml(ROOT / "params.yaml")
    name, selected = target.resolve().relative_to(RESULTS.resolve()).parts[0], params["dataset"]
    if name in params["datasets"] and name != selected:
        raise UserError(
            f"params.yaml selects the data set {selected}, not {name}. Keep its run as {selected}, "
            "or under a name that is not a data set's."
        )


def check_finished(pipeline: Path) -> None:
    """Raise `UserError` unless a pipeline has run with the present code and parameters."""
    command = [sys.executable, "-m", "dvc", "status", str(pipeline)]
    status = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    if status.returncode or "up to date" not in status.stdout:
        changed = [line[:-1] for line in status.stdout.splitlines() if re.match(r"\S+:$", line)]
        names = ", ".join(name.removeprefix(f"{pipeline}:") for name in changed)
        raise UserError(
            f"The last run of {pipeline} does not match the code and parameters here, "
            f"in {names or status.stderr.strip()}. Run `dvc repro {pipeline}` first."
        )


def pipeline_seconds() -> dict[str, float]:
    """Return the duration of each stage that last ran with the present parameters."""
    digest = hashlib.md5((ROOT / "params.yaml").read_bytes()).hexdigest()
    logged, own = read_seconds(), stages()
    return {
        name: log["seconds"]
        for name, log in logged.items()
        if log["params"] == digest and name in own
    }


def recipe_seconds(study: str, recipes: list[str]) -> dict[str, float]:
    """Return the duration of training and evaluation of each recipe that has both in the log."""
    logged, found = read_seconds(), {}
    for recipe in recipes:
        both = (f"train_recipe@{study}-{recipe}", f"evaluate_{study}@{recipe}")
        if all(stage in logged for stage in both):
            found[recipe] = round(sum(logged[stage]["seconds"] for stage in both), 1)
    return found


if __name__ == "__main__":
    run(main)
