"""Fingerprints: hashes that change with the code that runs, and with nothing else."""

import ast
import json
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

from denoising.config.networks import network_names
from denoising.files import source_code
from denoising.files.source_code import code_hash, essential
from stages import fingerprint
from stages._code import PLUMBING, closure_hashes
from tests.support.dag import ROOT
from tests.support.imports import graph
from tests.support.interpreters import VERSIONS, interpreter

PLAIN = """import numpy as np

LEVEL = 0.2


def scaled(values):
    return LEVEL * np.array(values)
"""
COMMENTED = '''#!/usr/bin/env python
"""A module.

With a docstring of several lines.
"""

import numpy as np  # for arrays



LEVEL = 0.2
"""What it is."""

# A comment.
def scaled(values):
    """Return values, scaled."""

    # é before a comment
    return LEVEL * np.array(values)  # and one more
'''
TEXTS = {
    "string": 'TEXT = """a\n\n  b"""\n',
    "string that looks like a comment": 'TEXT = """a\n# no comment\n  b"""\n',
    "f-string": 'TEXT = f"""a\n\n{1 + 1}\n\n  b"""\n',
}


def hash_of(text: str, folder: Path) -> str:
    path = folder / "module.py"
    path.write_text(text, encoding="utf-8")
    return code_hash(path)


def test_comments_docstrings_and_blank_lines_do_not_change_a_hash(tmp_path):
    assert essential(COMMENTED) == essential(PLAIN)
    assert hash_of(COMMENTED, tmp_path) == hash_of(PLAIN, tmp_path)
    assert hash_of(PLAIN.replace("\n", "\r\n"), tmp_path) == hash_of(PLAIN, tmp_path)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("0.2", "0.3"),
        ("LEVEL * np", "LEVEL + np"),
        ("import numpy as np", "import numpy as np\nimport os"),
        ("def scaled", "def other"),
        ("(values)\n", "(values)\n    return 1\n"),
        ("    return", "    if values:\n        return"),
    ],
)
def test_a_change_of_code_changes_a_hash(before, after, tmp_path):
    assert before in PLAIN
    assert hash_of(PLAIN.replace(before, after), tmp_path) != hash_of(PLAIN, tmp_path)


@pytest.mark.parametrize("name", TEXTS)
@pytest.mark.parametrize(("before", "after"), [("a\n", "a\n\n"), ("  b", " b"), ("a\n", "a \n")])
def test_the_lines_of_a_string_change_a_hash(name, before, after, tmp_path):
    text = TEXTS[name]
    assert hash_of(text.replace(before, after, 1), tmp_path) != hash_of(text, tmp_path)


def test_other_files_are_hashed_as_they_are(tmp_path):
    (tmp_path / "page.css").write_text("a { }\n")
    before = code_hash(tmp_path / "page.css")
    (tmp_path / "page.css").write_text("a { }\n\n")
    assert code_hash(tmp_path / "page.css") != before


FOLDERS = ("denoising", "stages", "studies", "tools")
RUNNING = "{}.{}".format(*sys.version_info)
HASHES = """
import importlib.util, json, pathlib, sys
spec = importlib.util.spec_from_file_location("source_code", {module!r})
source_code = importlib.util.module_from_spec(spec)
spec.loader.exec_module(source_code)
root = pathlib.Path({root!r})
paths = [path for part in {folders!r} for path in sorted((root / part).rglob("*.py"))]
print(json.dumps({{str(path): source_code.code_hash(path) for path in paths}}))
"""


def hashes_under(python: str) -> dict[str, str]:
    """Return the hashes of the project's modules, computed by this interpreter."""
    program = HASHES.format(module=source_code.__file__, root=str(ROOT), folders=FOLDERS)
    done = subprocess.run([python, "-c", program], capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


@cache
def hashes_here() -> dict[str, str]:
    paths = [path for folder in FOLDERS for path in sorted((ROOT / folder).rglob("*.py"))]
    return {str(path): code_hash(path) for path in paths}


@pytest.mark.parametrize("version", [version for version in VERSIONS if version != RUNNING])
def test_hashes_are_the_same_under_every_python(version):
    assert len(hashes_here()) > 100
    assert hashes_under(interpreter(version)) == hashes_here()


@cache
def targets() -> dict[str, str]:
    """Return the modules that have a fingerprint, by the path of its file."""
    found = fingerprint.targets(sorted(graph().modules))
    return {str(path): module for path, module in found.items()}


def committed(path: str) -> dict[str, str]:
    """Return the hashes in a file of `fingerprints/`, by module."""
    lines = (ROOT / fingerprint.FOLDER / path).read_text("utf-8").splitlines()
    return {module: digest for digest, module in (line.split("  ") for line in lines)}


def test_the_committed_fingerprints_are_up_to_date(monkeypatch):
    monkeypatch.chdir(ROOT)
    folder = ROOT / fingerprint.FOLDER
    fresh = {path: closure_hashes(graph(), module) for path, module in targets().items()}
    kept = {
        str(path.relative_to(folder)): committed(str(path.relative_to(folder)))
        for path in folder.rglob("*.txt")
    }
    changed = [path for path in sorted({*fresh, *kept}) if fresh.get(path) != kept.get(path)]
    assert not changed, "Run `python -m stages.fingerprint`"


def test_every_stage_and_every_network_has_a_fingerprint():
    assert {"download.txt", "train_joint.txt", "networks/unet.txt"} <= set(targets())
    assert "studies/published/evaluate.txt" in targets()
    assert "fingerprint.txt" not in targets()
    assert not [path for path in targets() if Path(path).name.startswith("_")]


def test_no_training_depends_on_plots():
    trainings = [path for path in targets() if Path(path).name.startswith("train")]
    assert len(trainings) == 8
    for path in trainings:
        assert not [name for name in committed(path) if name.startswith("denoising.plots")]


def test_a_network_is_in_its_own_fingerprint_alone():
    names = [name for kind in fingerprint.KINDS for name in network_names(kind)]
    own = {f"denoising.networks.{name}": f"networks/{name}.txt" for name in names}
    assert len(own) > 8
    for path in targets():
        for module in own.keys() & committed(path).keys():
            assert own[module] == path


@pytest.mark.parametrize("module", PLUMBING)
def test_a_module_without_a_fingerprint_holds_no_value_and_has_a_reason(module):
    assert len(PLUMBING[module]) > 20
    assert module in graph().modules
    source = (ROOT / Path(*module.split("."))).with_suffix(".py").read_text("utf-8")
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ClassDef):
            assert "Section" not in [ast.unparse(base) for base in node.bases]
        if isinstance(node, ast.Assign | ast.AnnAssign) and node.value:
            names = node.targets if isinstance(node, ast.Assign) else [node.target]
            if any(isinstance(name, ast.Name) and name.id.isupper() for name in names):
                numbers = [
                    part.value
                    for part in ast.walk(node.value)
                    if isinstance(part, ast.Constant) and isinstance(part.value, int | float)
                ]
                assert not numbers, ast.unparse(node)
