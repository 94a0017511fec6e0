"""What `dvc.yaml` says and what the stages import, for the tests that compare the two."""

import ast
import re
from pathlib import Path

from denoising.config.networks import network_names

ROOT = Path(__file__).parents[2]


def imported_files(module: str) -> set[str]:
    """Return the project's files that importing `module` reads, its own included."""
    files, waiting = set(), [module]
    while waiting:
        name = waiting.pop()
        for path in _files(name):
            if path not in files:
                files.add(path)
                waiting += _imports(ROOT / path)
    return files


def needed_files(stage: dict) -> set[str]:
    """Return the files that a stage reads: its imports, and those of networks it may be told of.

    The network itself is a dependency by its parameter, `denoising/networks/${...}.py`.
    """
    files = imported_files(module(stage))
    for kind in ("classifier", "autoencoder"):
        if f"denoising/networks/${{{kind}.name}}.py" in stage["deps"]:
            for name in network_names(kind):
                network = imported_files(f"denoising.networks.{name}")
                files |= network - {f"denoising/networks/{name}.py"}
    return files


def _files(name: str) -> list[str]:
    """Return the file of a module and the `__init__` of each package above it."""
    parts = name.split(".")
    found = [Path(*parts[:end], "__init__.py") for end in range(1, len(parts) + 1)]
    found.append(Path(*parts).with_suffix(".py"))
    return [str(path) for path in found if (ROOT / path).is_file()]


def _imports(path: Path) -> list[str]:
    names = []
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names.append(node.module)
            names += [f"{node.module}.{alias.name}" for alias in node.names]
    return [
        name
        for name in names
        if name.split(".")[0] in ("denoising", "recipes", "stages", "studies")
    ]


def module(stage: dict) -> str:
    """Return the module that a stage runs."""
    return re.match(r"python -m ([\w.]+)", stage["cmd"])[1]
