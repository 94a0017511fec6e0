"""How far apart do two machines come? `python -m benchmarks.portability`

The pipeline of the last commit runs in fresh clones, with the processor's newest instructions and
with others as stand-ins for other hardware. How far each metric is from the first is printed and
kept in results/portability.md, which `python -m results.table` puts into the README.
"""

import json
import os
import sys
import tempfile
from pathlib import Path

from tools.verify import ROOT, run

VARIANTS = {
    "as it is": {},
    "without oneDNN": {"TF_ENABLE_ONEDNN_OPTS": "0"},
    "oneDNN for AVX2": {"ONEDNN_MAX_CPU_ISA": "AVX2"},
    "oneDNN for SSE4.1": {"ONEDNN_MAX_CPU_ISA": "SSE41"},
}
METRICS = {
    "classifier": (
        "clean_trained.accuracy_clean",
        "clean_trained.accuracy",
        "noise_trained.accuracy",
    ),
    "denoised": ("psnr", "ssim", "mae", "denoised_clean_trained.accuracy"),
    "joint": ("psnr", "ssim", "joint.accuracy"),
    "roc": ("auc",),
}


def main() -> None:
    found = {name: measure(variables) for name, variables in VARIANTS.items()}
    first, *others = VARIANTS
    lines = ["| metric | " + " | ".join(VARIANTS) + " |", "|---" * (len(VARIANTS) + 1) + "|"]
    for key, value in found[first].items():
        cells = " | ".join(f"{found[name][key] - value:+.2g}" for name in others)
        lines.append(f"| {key} | {value:.6g} | {cells} |")
    print("\n".join(lines))
    (ROOT / "results/portability.md").write_text("\n".join(lines) + "\n")


def measure(variables: dict[str, str]) -> dict[str, float]:
    """Run the pipeline in a fresh clone, with these environment variables; return its metrics."""
    with tempfile.TemporaryDirectory() as folder:
        run("git", "clone", "--quiet", ROOT, folder)
        path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
        environment = os.environ | {"PATH": path} | variables
        run(sys.executable, "-m", "dvc", "repro", "--force", cwd=folder, env=environment)
        metrics = {}
        for file, keys in METRICS.items():
            values = json.loads(Path(folder, "metrics", f"{file}.json").read_text())
            for key in keys:
                value = values
                for part in key.split("."):
                    value = value[part]
                metrics[f"{file}: {key}"] = value
    return metrics


if __name__ == "__main__":
    main()
