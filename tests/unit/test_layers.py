"""The order of the packages: imports point downwards, from the command to the ground."""

from functools import cache

import grimp
import pytest

from tests.support.dag import ROOT

GROUND = ("files", "seeding", "images")
PACKAGES = (
    *("config", "datasets", "noise", "networks", "training", "inference", "baselines"),
    *("evaluation", "traffic_signs", "plots", "report", "cli"),
)
"""The packages of `denoising`, each above those before it."""
PROGRAMS = ("stages", "studies", "tools")
TOP = ("denoising.__main__", "denoising.api")
MOST_LOOSE_FILES = 6


@cache
def graph() -> grimp.ImportGraph:
    packages = ("denoising", *PROGRAMS)
    return grimp.build_graph(*packages, exclude_type_checking_imports=True, cache_dir=None)


def layer(module: str) -> int:
    """Return the height of a module: 0 for the ground."""
    package, *rest = module.split(".")
    if package != "denoising":
        return len(PACKAGES) + 2 + PROGRAMS.index(package)
    if module in TOP:
        return len(PACKAGES) + 1
    if not rest or rest[0] in GROUND:
        return 0
    return 1 + PACKAGES.index(rest[0])


def test_every_module_has_its_place():
    for module in graph().modules:
        assert layer(module) >= 0


def test_imports_point_downwards():
    upwards = [
        f"{importer} imports {imported}"
        for importer in sorted(graph().modules)
        for imported in graph().find_modules_directly_imported_by(importer)
        if layer(imported) > layer(importer)
    ]
    assert upwards == []


def test_no_imports_form_a_circle():
    for module in sorted(graph().modules):
        for imported in graph().find_modules_directly_imported_by(module):
            assert module not in graph().find_upstream_modules(imported), f"{module}, {imported}"


@pytest.mark.parametrize("package", ["stages", "studies"])
def test_pipelines_do_not_import_tools(package):
    found = {
        imported
        for module in graph().modules
        if module.startswith(package)
        for imported in graph().find_upstream_modules(module)
    }
    assert not [name for name in found if name.startswith("tools")]


def test_the_package_has_few_loose_files():
    loose = [path.name for path in (ROOT / "denoising").glob("*.py")]
    assert len(loose) <= MOST_LOOSE_FILES, loose
