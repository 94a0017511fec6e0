"""Pin a stage's threads and keep its memory; imported before NumPy, which reads the variables."""

import ctypes
import os

# The last bits of a sum depend on the number of threads. TensorFlow is pinned to THREADS, BLAS and
# OpenMP to one, which every machine has.
THREADS = 2
for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[variable] = "1"
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ["KERAS_BACKEND"] = "tensorflow"

# Options of glibc's mallopt, by their numbers in malloc.h. TensorFlow allocates and frees large
# buffers at every step; returning them to the system each time costs as much as the computation.
NEVER_TRIM, NO_MMAP, ONE_ARENA = (-1, 2**31 - 1), (-4, 0), (-8, 1)


def keep_memory() -> None:
    """Keep freed memory for the next step. Without glibc, do nothing."""
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt:
        for option, value in (NEVER_TRIM, NO_MMAP, ONE_ARENA):
            mallopt(option, value)


keep_memory()
