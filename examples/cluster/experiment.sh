#!/usr/bin/env bash
# Run an experiment in a clone of its own, and push it: experiment.sh NAME [OPTION OF dvc exp run ...]
#
# Environment, with its defaults for machines that share this folder:
#   ORIGIN  the Git repository to clone, and to push the experiment to (this one)
#   CACHE   the DVC cache of all clones (that of this repository); if empty, each clone has its own, and results of
#           other clones come from the DVC remote
#   CLONES  the folder of the clones, each named after its experiment (clones/, beside this repository)
#
# Started again, it resumes in its clone, after the last complete epoch of a training.
set -euo pipefail
name=$1
shift
here=$(git rev-parse --show-toplevel)
origin=${ORIGIN:-$here}
cache=${CACHE-$(dvc cache dir)}
clones=${CLONES:-$(dirname "$here")/clones}

mkdir -p "$clones"
cd "$clones"
exec 9> "$name.lock"
flock --nonblock 9 || { echo "error: another job runs the experiment $name in $clones." >&2; exit 1; }
if [ ! -d "$name" ]; then
    rm -rf "$name.new"
    git clone --quiet "$origin" "$name.new"
    mv "$name.new" "$name"
fi
cd "$name"
rm -f .dvc/tmp/rwlock  # left by a killed job, whose process number may belong to another program now

if [ -n "$cache" ]; then
    dvc cache dir --local "$cache"
    python -m tools.reuse
fi
remote=$(dvc config core.remote || true)
if [ -z "$(git for-each-ref "refs/exps/*/*/$name")" ]; then
    dvc exp run ${remote:+--pull} --name "$name" "$@"
fi
if [ -n "$remote" ]; then
    dvc exp push --force --run-cache origin "$name"
else
    dvc exp push --force --no-cache origin "$name"
fi
