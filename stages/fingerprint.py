"""Write the fingerprint of each stage and each network: hashes of the code that it runs.

Stages depend on fingerprints instead of source files, so that a comment, a docstring or a new
module runs nothing again; `git diff fingerprints/` shows which module made a stage run.
"""

import shutil
import sys
from pathlib import Path

from grimp.exceptions import SourceSyntaxError

from denoising.config.networks import network_names
from stages._code import closure_hashes, import_graph, modules_of

FOLDER = Path("fingerprints")
NETWORKS = "denoising.networks"
KINDS = ("classifier", "autoencoder")


def main() -> None:
    graph = import_graph()
    texts = {
        path: "".join(
            f"{digest}  {name}\n" for name, digest in closure_hashes(graph, module).items()
        )
        for path, module in targets(sorted(graph.modules)).items()
    }
    shutil.rmtree(FOLDER, ignore_errors=True)
    for path, text in texts.items():
        (FOLDER / path).parent.mkdir(parents=True, exist_ok=True)
        (FOLDER / path).write_text(text, encoding="utf-8")


def targets(modules: list[str]) -> dict[Path, str]:
    """Return the modules with a fingerprint, by the path of its file below `FOLDER`.

    These are the stages of the pipeline and of the studies, and the networks.
    """
    found = {}
    for module in modules_of(modules, "stages"):
        if module != "fingerprint":
            found[Path(f"{module}.txt")] = f"stages.{module}"
    for package in (name for name in modules if name.startswith("studies.")):
        if package.endswith(".stages"):
            study = package.split(".")[1]
            for module in modules_of(modules, package):
                found[Path("studies", study, f"{module}.txt")] = f"{package}.{module}"
    for module in (name for kind in KINDS for name in network_names(kind)):
        found[Path("networks", f"{module}.txt")] = f"{NETWORKS}.{module}"
    return found


if __name__ == "__main__":
    try:
        main()
    except (SourceSyntaxError, SyntaxError, UnicodeDecodeError) as error:
        sys.exit(f"error: a source file of this project is not valid Python: {error}")
