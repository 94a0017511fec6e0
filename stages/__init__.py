"""The stages of `dvc.yaml`: parameters and paths in, a few library calls, outputs out.

A stage has ``main(params)`` and is run as ``python -m stages.NAME`` in the repository's root.
"""

import ctypes
import os

# Read by BLAS and OpenMP when they are loaded, so set before NumPy is imported. The bits of a
# trained model depend on the number of threads.
THREADS = 2
for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[variable] = str(THREADS)
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
os.environ.setdefault("KERAS_BACKEND", "tensorflow")

# glibc's mallopt options, by their numbers in malloc.h. TensorFlow asks for large buffers and gives
# them back at every step; returning them to the system each time costs as much as computing.
NEVER_TRIM, NO_MMAP, ONE_ARENA = (-1, 2**31 - 1), (-4, 0), (-8, 1)


def keep_memory() -> None:
    """Have freed memory kept for the next step; nothing happens where the C library is no glibc."""
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt:
        for option, value in (NEVER_TRIM, NO_MMAP, ONE_ARENA):
            mallopt(option, value)


keep_memory()
