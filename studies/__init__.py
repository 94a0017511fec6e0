"""Studies beside the pipeline, each with its own `params.yaml`, `dvc.yaml` and stages."""

import stages  # noqa: F401  pins the threads before NumPy is imported
