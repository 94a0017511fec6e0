"""Studies of the library, each with its own `dvc.yaml`; no part of the pipeline."""
