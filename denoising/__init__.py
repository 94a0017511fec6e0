"""Classify and denoise noisy images: the library behind the stages in `dvc.yaml`."""
