"""YAML files, read and written as DVC does (YAML 1.2)."""

from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from denoising.config.yaml_reader import load


def read_yaml(path: Path) -> Any:
    """Return the value of a YAML file."""
    return load(path.read_text("utf-8"))


def value_at(values: dict[str, Any], key: str) -> Any:
    """Return the value at a dotted key."""
    for part in key.split("."):
        values = values[part]
    return values


def write_yaml(path: Path, values: Any) -> Path:
    """Write values in their order; return the path."""
    yaml = YAML(typ="safe", pure=True)
    yaml.default_flow_style = False
    yaml.sort_base_mapping_type_on_output = False
    yaml.dump(values, path)
    return path
