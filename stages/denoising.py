"""Say how a stage is run, where Python was given its file instead of its module.

`python stages/download.py` looks for the package `denoising` beside that file first, and finds
this one. As a module, `python -m stages.download`, a stage never sees it.
"""

import sys
from pathlib import Path

stage = Path(sys.argv[0]).resolve()
sys.exit(
    f"error: Expected `python -m stages.{stage.stem}`, in {stage.parent.parent}. "
    f"Received: `python {sys.argv[0]}`."
)
