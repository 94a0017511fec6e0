"""`params.yaml` and the parameters of studies as typed sections, one file per section."""
