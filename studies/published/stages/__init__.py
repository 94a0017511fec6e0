"""The stages of this study's `dvc.yaml`."""
