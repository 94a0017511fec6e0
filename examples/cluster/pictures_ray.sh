#!/usr/bin/env bash
# The pictures of a folder on a Ray cluster, as a job of it: pictures_ray.sh PICTURES OUT [OPTION OF denoise image ...]
#
# RAY_API_SERVER_ADDRESS is the cluster's dashboard, such as http://head:8265. PICTURES and OUT are absolute paths that
# all of its machines have in common, with the package and its extra `ray` installed on each.
set -euo pipefail
exec ray job submit -- denoise image "$1" --output "$2" --engine ray --skip-existing "${@:3}"
