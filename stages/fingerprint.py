"""Write the fingerprint of each stage and each network: hashes of the code that it runs.

Stages depend on fingerprints instead of source files, so that a comment, a docstring or a new
module runs nothing again; `git diff fingerprints/` shows which module made a stage run.
"""

import shutil
from pathlib import Path

from stages._code import closure_hashes, import_graph, modules_of

FOLDER = Path("fingerprints")
NETWORKS = "denoising.networks"
MARK = "KIND = "  # begins a line of every network that a parameter can name


def main() -> None:
    graph = import_graph()
    shutil.rmtree(FOLDER, ignore_errors=True)
    for path, module in targets(sorted(graph.modules)).items():
        lines = [f"{digest}  {name}\n" for name, digest in closure_hashes(graph, module).items()]
        (FOLDER / path).parent.mkdir(parents=True, exist_ok=True)
        (FOLDER / path).write_text("".join(lines), encoding="utf-8")


def targets(modules: list[str]) -> dict[Path, str]:
    """Return the modules with a fingerprint, by the path of its file below `FOLDER`.

    These are the stages of the pipeline and of the studies, and the networks.
    """
    found = {}
    for module in modules_of(modules, "stages"):
        if module != "fingerprint":
            found[Path(f"{module}.txt")] = f"stages.{module}"
    for package in {name.rpartition(".")[0] for name in modules if ".stages." in name}:
        _, study, _ = package.split(".")
        for module in modules_of(modules, package):
            found[Path("studies", study, f"{module}.txt")] = f"{package}.{module}"
    for module in networks():
        found[Path("networks", f"{module}.txt")] = f"{NETWORKS}.{module}"
    return found


def networks() -> list[str]:
    """Return the names of the networks that a parameter can name."""
    paths = sorted(Path(*NETWORKS.split(".")).glob("*.py"))
    return [path.stem for path in paths if f"\n{MARK}" in path.read_text("utf-8")]


if __name__ == "__main__":
    main()
