"""The root of the repository, and its pipelines."""

from pathlib import Path

ROOT = Path(__file__).parents[2]


def dvc_files() -> list[str]:
    """Return the paths of every `dvc.yaml` of the project."""
    return ["dvc.yaml", *(str(path.relative_to(ROOT)) for path in ROOT.glob("studies/*/dvc.yaml"))]
