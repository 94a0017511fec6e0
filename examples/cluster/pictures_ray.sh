#!/usr/bin/env bash
# Denoise a folder as a job on a Ray cluster: pictures_ray.sh PICTURES OUT [OPTION OF denoise image ...]
#
# RAY_API_SERVER_ADDRESS is the cluster's dashboard, such as http://head:8265. PICTURES and OUT are absolute paths that
# exist on all of its machines, each of which needs this package with the extra `ray`. The head, and the machine that
# submits, need `ray[default]`.
set -euo pipefail
exec ray job submit -- denoise image "$1" --output "$2" --engine ray --skip-existing "${@:3}"
