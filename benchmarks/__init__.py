"""Comparisons with peers; never a part of `dvc repro`."""
