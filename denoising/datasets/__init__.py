"""Data sets: one file per format, the registry, downloads and splits."""
