"""Where images come from: one file per format, the registry, the download, the splits."""
