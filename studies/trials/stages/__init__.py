"""The stages of this study's `dvc.yaml`."""

import stages  # noqa: F401  pins the threads before NumPy is imported
