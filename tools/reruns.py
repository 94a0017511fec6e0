"""Which stages a change of a parameter runs again, as `dvc.yaml` says: a table of the README."""

import re
from pathlib import Path

import yaml

ROOT = Path(__file__).parent.parent
# What a user changes, by the names in params.yaml; a line of the table each.
CHANGES = [
    "seed",
    "dataset",
    "noise.level",
    "training.schedule",
    "classifier.learning_rate",
    "autoencoder.options",
    "autoencoder.loss",
    "joint.learning_rate",
    "joint.classification_weight",
    "sweep.levels",
    "classical.images",
    "detector.scored_patches",
    "roc.resamples",
    "datasets.digits.source.size",
    "datasets.digits.training.classifier.epochs",
    "datasets.digits.training.autoencoder.epochs",
    "datasets.digits.training.joint.epochs",
    "datasets.digits.training.augmentation",
    "datasets.mnist.source.validation",
]


def stages() -> dict[str, dict]:
    """Return the stages of `dvc.yaml`, those of a `foreach` unrolled, its items filled in."""
    unrolled = {}
    for name, stage in yaml.safe_load((ROOT / "dvc.yaml").read_text())["stages"].items():
        if "foreach" not in stage:
            unrolled[name] = stage
            continue
        for key, item in stage["foreach"].items():
            text = re.sub(
                r"\$\{(key|item(?:\.(\w+))?)\}",
                lambda found, key=key, item=item: key if found[1] == "key" else item[found[2]],
                yaml.safe_dump(stage["do"]),
            )
            unrolled[f"{name}@{key}"] = yaml.safe_load(text)
    return unrolled


def covers(section: str, key: str) -> bool:
    """Say whether the parameter `key` is `section` or stands in it."""
    return key == section or key.startswith(f"{section}.")


def written(stage: dict) -> list[str]:
    """Return the paths of a stage's outputs and metrics."""
    return [*stage.get("outs", []), *(next(iter(entry)) for entry in stage.get("metrics", []))]


def changed_first(changed: str) -> set[str]:
    """Return the stages that depend on the parameter `changed` themselves."""
    dataset = yaml.safe_load((ROOT / "params.yaml").read_text())["dataset"]
    return {
        name
        for name, stage in stages().items()
        for key in stage["params"]
        if covers(key.replace("${dataset}", dataset), changed)
    }


def run_again(changed: str) -> set[str]:
    """Return the stages that a change of a parameter runs again, if their outputs change."""
    stale, found = set(), changed_first(changed)
    while found > stale:
        stale = found
        paths = [path for name in stale for path in written(stages()[name])]
        found = stale | {
            name
            for name, stage in stages().items()
            if any(path.startswith(dep) for path in paths for dep in stage["deps"])
        }
    return stale


def reruns_table() -> str:
    """Return for each change the stages that run again, in the order of the pipeline."""
    lines = ["| a change of | runs again |", "|---|---|"]
    for changed in CHANGES:
        again = run_again(changed)
        names = ", ".join(f"`{name}`" for name in stages() if name in again)
        whole = "everything" if again == set(stages()) else names or "nothing"
        lines.append(f"| `{changed}` | {whole} |")
    return "\n".join(lines)


if __name__ == "__main__":
    print(reruns_table())
