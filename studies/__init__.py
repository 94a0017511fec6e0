"""Studies beside the pipeline, each with its own `params.yaml`, `dvc.yaml` and stages."""
