"""The stages of `dvc.yaml`: parameters and paths in, a few library calls, outputs out.

A stage has ``main(params)`` and is run as ``python -m stages.NAME`` in the repository's root.
"""

import os

# Read by BLAS and OpenMP when they are loaded, so set before NumPy is imported. The bits of a
# trained model depend on the number of threads.
THREADS = 2
for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[variable] = str(THREADS)
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
os.environ.setdefault("KERAS_BACKEND", "tensorflow")
