"""The modules of this project that a module imports, and their hashes."""

from functools import cache
from pathlib import Path

import grimp

from denoising.files.source_code import NO_CODE, code_hash, essential

PACKAGES = ("denoising", "stages", "studies")

PLUMBING = {
    "stages._runner": "reports errors, locks and durations; passes the parameters on unchanged",
    "stages._start": "reports why a stage cannot start; passes the backend of the parameters on",
    "denoising.files.errors": "defines the exception for a user's mistake",
    "denoising.files.source_code": "hashes code, for fingerprints and the identity of checkpoints",
    "denoising.files.stderr": "holds back messages of libraries while they start",
    "denoising.files.atomic": "moves a complete file to its place, or reports why it cannot",
}
"""Modules that cannot change a number, and why. A module with a default value is never here."""


NOT_DATA = (".py", ".pyc", ".keras", ".onnx")
"""The endings of source and models, which are no data files of a module."""


def import_graph() -> grimp.ImportGraph:
    """Return the graph of this project's imports, without those for type checking only."""
    return grimp.build_graph(*PACKAGES, exclude_type_checking_imports=True, cache_dir=None)


def modules_of(modules: list[str], package: str) -> list[str]:
    """Return the names of a package's public modules, without those of its subpackages."""
    names = [name.removeprefix(f"{package}.") for name in modules if name.startswith(f"{package}.")]
    return [name for name in names if "." not in name and not name.startswith("_")]


def closure_hashes(graph: grimp.ImportGraph, module: str) -> dict[str, str]:
    """Return the hash of each module that `module` imports, directly or not, and its own.

    The packages above a module are included, as Python runs their ``__init__``, and so are data
    files in a module's folder that its code names. Modules without code are left out.
    """
    found: set[str] = set()
    waiting = [module]
    while waiting:
        name = waiting.pop()
        if name in found:
            continue
        found.add(name)
        waiting += graph.find_modules_directly_imported_by(name)
        if "." in name:
            waiting.append(name.rpartition(".")[0])
    hashes: dict[str, str] = {}
    for name in sorted(found - set(PLUMBING)):
        hashes |= _hashes(name)
    return hashes


@cache
def _hashes(module: str) -> dict[str, str]:
    """Return the hashes of a module, unless it has no code, and of its data files."""
    path = _source(module)
    own = code_hash(path)
    found = {} if own == NO_CODE else {module: own}
    return found | {str(data): code_hash(data) for data in _data_files(path)}


def _source(module: str) -> Path:
    path = Path(*module.split("."))
    return path.with_suffix(".py") if path.with_suffix(".py").is_file() else path / "__init__.py"


def _data_files(source: Path) -> list[Path]:
    """Return the files in a module's folder, except source and models, that its code names."""
    code = essential(source.read_text("utf-8"))
    return [
        path
        for path in sorted(source.parent.iterdir())
        if path.is_file() and path.suffix not in NOT_DATA and path.name in code
    ]
