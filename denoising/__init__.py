"""Classify and denoise noisy images: the library behind the stages of `dvc.yaml`."""
