"""Import Keras without TensorFlow's start-up messages."""

import os

from denoising.files.stderr import held_back


def import_keras() -> None:
    """Import Keras and TensorFlow; show their messages only if the import fails."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    os.environ["KERAS_BACKEND"] = "tensorflow"
    with held_back():
        import keras  # noqa: F401
