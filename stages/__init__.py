"""The stages of `dvc.yaml`: parameters and paths in, a few library calls, outputs out.

Each has a ``main(params)``, and runs as ``python -m stages.NAME`` in the root of the repository.
"""

from stages import _environment, _start

_environment.pin()
_environment.keep_memory()
_start.watch()
