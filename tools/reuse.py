"""Reuse earlier runs where `dvc.lock` comes from another processor: `python -m tools.reuse`.

On another processor, the same inputs give other bytes. Where the inputs of a stage are those of
`dvc.lock`, DVC only looks for the outputs that the lock names: if its cache lacks them, it runs the
stage without asking its run cache. This program asks it, and enters the outputs of an earlier run
in `dvc.lock`, so that `dvc repro` takes them. `make repro` runs it first.
"""

from pathlib import Path
from typing import Any

from denoising.files.errors import UserError, first_line
from tools._program import run


def main() -> None:
    from dvc.exceptions import DvcException
    from dvc.repo import Repo

    try:
        with Repo() as repo, repo.lock:
            taken = take(repo)
    except DvcException as error:
        raise UserError(first_line(error)) from None
    if taken:
        print(
            f"DVC's cache lacks the outputs that dvc.lock named for {', '.join(taken)}, but has "
            "those of an earlier run with the same inputs. dvc.lock now names these. To undo it: "
            "git restore dvc.lock"
        )


def take(repo: Any) -> list[str]:
    """Replace entries of `dvc.lock` by those of the run cache; return the names of the stages."""
    from dvc.repo.index import Index
    from dvc.stage.loader import StageLoader

    found: Any = Index.from_file(repo, str(Path(repo.root_dir, "dvc.yaml"))).stages
    entries = {stage: cached(repo, stage) for stage in found}
    taken = [stage for stage, entry in entries.items() if entry]
    for stage in taken:
        StageLoader.fill_from_lock(stage, entries[stage])
    if taken:
        taken[0].dvcfile.dump_stages(taken, update_pipeline=False)
    return [stage.name for stage in taken]


def cached(repo: Any, stage: Any) -> dict[str, Any] | None:
    """Return the newest run with the inputs of the lock whose outputs are all in the cache.

    None if there is no such run, or no need for it: the cache has the outputs that the lock names.
    """
    from dvc.stage.cache import _get_cache_hash
    from dvc.stage.serialize import to_single_stage_lockfile

    def complete(entry: dict[str, Any]) -> bool:
        return runs._create_stage(entry, wdir=stage.wdir).outs_cached()

    runs = repo.stage_cache
    locked = to_single_stage_lockfile(stage)
    if not stage.outs or complete(locked):
        return None
    key = _get_cache_hash(locked, key=True)
    files = Path(runs._get_cache_dir(key)).glob("*")
    newest = sorted(files, key=lambda path: path.stat().st_mtime, reverse=True)
    entries = (runs._load_cache(key, path.name) for path in newest)
    return next((entry for entry in entries if entry and complete(entry)), None)


if __name__ == "__main__":
    run(main)
