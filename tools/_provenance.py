"""The version of a kept run, and whether code or parameters have changed since.

A kept `dvc.lock` lists the fingerprints of the code that each stage ran, and its parameters.
"""

import hashlib
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from denoising.files.atomic import existing
from tools._kept import read_yaml
from tools._program import ROOT

FIRST_VERSION = "0.1.0"  # the last one without fingerprints


def sentence(subject: str, lock: Path, **overrides: str) -> str:
    """Return a sentence on the version of kept figures, the `subject` of the sentence.

    `overrides` are the parameters that the run was made with, other than those of `params.yaml`.
    """
    changed = changed_stages(lock, **overrides)
    if changed is None:
        return f"{subject} are of version {FIRST_VERSION}."
    if not changed:
        return f"{subject} are of the committed code."
    names = ", ".join(f"`{name}`" for name in changed)
    return f"{subject} are of an earlier version: code or parameters have changed since in {names}."


def changed_stages(lock: Path, **overrides: str) -> list[str] | None:
    """Return the stages of a kept lock whose fingerprints or parameters differ from the present.

    None if the lock has no fingerprints: it is of version 0.1.0.
    """
    stages = YAML(typ="safe").load(existing(lock))["stages"]
    followed = {name: stage for name, stage in stages.items() if _fingerprints(stage)}
    if not followed:
        return None
    files = {file for stage in followed.values() for file in stage.get("params", {})}
    present = {file: read_yaml(ROOT / file) for file in files}
    if "params.yaml" in present:
        present["params.yaml"] |= overrides
    return [name for name, stage in followed.items() if _changed(stage, present)]


def _fingerprints(stage: dict) -> dict[str, str]:
    """Return the hashes of the fingerprints that a stage depends on, by their paths."""
    return {
        dep["path"]: dep["md5"]
        for dep in stage.get("deps", [])
        if dep["path"].startswith("fingerprints/")
    }


def _changed(stage: dict, present: dict[str, dict]) -> bool:
    return any(_md5(ROOT / path) != md5 for path, md5 in _fingerprints(stage).items()) or any(
        _look_up(present[file], key) != value
        for file, values in stage.get("params", {}).items()
        for key, value in values.items()
    )


def _md5(path: Path) -> str | None:
    return hashlib.md5(path.read_bytes()).hexdigest() if path.is_file() else None


def _look_up(values: Any, key: str) -> Any:
    """Return the parameter with a dotted key; None if there is none."""
    for part in key.split("."):
        values = values.get(part) if isinstance(values, dict) else None
    return values
