"""Keep the run that stands in the workspace: `python -m results.keep fashion_mnist`.

Copies its metrics, curves, pictures, parameters, `dvc.lock` and the seconds of each stage.
"""

import argparse
import hashlib
import json
import shutil
import subprocess
import sys
from pathlib import Path

from tools._seconds import read_seconds

HERE = Path(__file__).parent
KEPT = ("metrics/*.json", "plots/**/*.csv", "plots/**/*.png", "params.yaml", "dvc.lock")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m results.keep", description=__doc__)
    parser.add_argument("run", help="folder below results/, for example fashion_mnist/seed_1")
    target = HERE / parser.parse_args().run
    if not target.resolve().is_relative_to(HERE.resolve()) or target.resolve() == HERE.resolve():
        sys.exit(f"error: Expected a folder below results/. Received: {target}")
    status = subprocess.run(
        [sys.executable, "-m", "dvc", "status", "dvc.yaml"], capture_output=True, text=True
    )
    if "up to date" not in status.stdout:
        sys.exit(
            "error: Expected a finished run, of the code and the parameters that stand here. "
            f"Received from `dvc status`:\n{status.stdout}{status.stderr}Run `dvc repro` first."
        )
    files = [path for pattern in KEPT for path in sorted(Path().glob(pattern))]
    for folder in ("metrics", "plots"):
        shutil.rmtree(target / folder, ignore_errors=True)
    for path in files:
        (target / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, target / path)
    (target / "seconds.json").write_text(json.dumps(seconds(), indent=2) + "\n")
    print(f"{len(files) + 1} files kept in {target}")


def seconds() -> dict[str, float]:
    """Return how long each stage took with these parameters; none if DVC's cache had it."""
    digest = hashlib.md5(Path("params.yaml").read_bytes()).hexdigest()
    logged = read_seconds()
    return {name: log["seconds"] for name, log in logged.items() if log["params"] == digest}


if __name__ == "__main__":
    main()
