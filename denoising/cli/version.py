"""The version of this package, installed or not."""

import argparse
import tomllib
from pathlib import Path
from typing import Any

NAME = "denoising"
PROJECT = Path(__file__).parents[2] / "pyproject.toml"  # beside the package in a clone only


def version() -> str:
    """Return the version in `pyproject.toml` beside the package, else that of the installation."""
    if PROJECT.is_file():
        project = tomllib.loads(PROJECT.read_text("utf-8")).get("project", {})
        if project.get("name") == NAME:
            return project["version"]
    from importlib import metadata  # slow to import, like everything that few calls need

    return metadata.version(NAME)


class ShowVersion(argparse.Action):
    """Print the version and end; it is looked up only then."""

    def __init__(self, *arguments: Any, **options: Any):
        super().__init__(*arguments, nargs=0, **options)

    def __call__(self, parser: argparse.ArgumentParser, *_: Any) -> None:
        """Print the command's name and version."""
        print(f"{parser.prog} {version()}")
        parser.exit()
