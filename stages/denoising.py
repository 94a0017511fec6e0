"""Say how a stage is run, where Python was given its file instead of its module.

`python stages/download.py` looks for the package `denoising` beside that file first, and finds
this one. As a module, `python -m stages.download`, a stage never sees it.
"""

import sys
from pathlib import Path

file = Path(sys.argv[0]).resolve()
name = file.stem if 'if __name__ == "__main__"' in file.read_text("utf-8") else "NAME"
sys.exit(
    f"error: Expected `python -m stages.{name}`, in {file.parent.parent}. "
    f"Received: `python {sys.argv[0]}`."
)
