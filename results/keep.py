"""Keep the run that stands in the workspace: `python -m results.keep fashion_mnist`.

Copies its metrics, curves, pictures, parameters, `dvc.lock` and the seconds of each stage.
"""

import argparse
import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
KEPT = ("metrics/*.json", "plots/**/*.csv", "plots/**/*.png", "params.yaml", "dvc.lock")
SECONDS = "logs/seconds.json"


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m results.keep", description=__doc__)
    parser.add_argument("run", help="folder below results/, for example fashion_mnist/seed_1")
    target = HERE / parser.parse_args().run
    if not target.resolve().is_relative_to(HERE.resolve()) or target.resolve() == HERE.resolve():
        sys.exit(f"error: Expected a folder below results/. Received: {target}")
    status = subprocess.run(["dvc", "status"], capture_output=True, text=True)
    if "up to date" not in status.stdout:
        sys.exit(
            "error: Expected a finished run, of the code and the parameters that stand here. "
            f"Received from `dvc status`:\n{status.stdout}{status.stderr}Run `dvc repro` first."
        )
    files = [path for pattern in KEPT for path in sorted(Path().glob(pattern))]
    for path in [*files, Path(SECONDS)]:
        (target / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, target / path)
    print(f"{len(files) + 1} files kept in {target}")


if __name__ == "__main__":
    main()
