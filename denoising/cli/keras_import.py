"""Keras without what TensorFlow says, in every run, of the machine that it is on."""

import os
import tempfile


def import_keras() -> None:
    """Import Keras, with TensorFlow behind it; what that says is shown only if the import fails."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    os.environ["KERAS_BACKEND"] = "tensorflow"
    try:
        terminal, said = os.dup(2), tempfile.TemporaryFile()  # noqa: SIM115 closed below
    except OSError:  # there is nothing that it could be said to, or no place for it
        return
    os.dup2(said.fileno(), 2)
    try:
        import keras  # noqa: F401
    except Exception:
        said.seek(0)
        os.write(terminal, said.read())
        raise
    finally:
        os.dup2(terminal, 2)
        os.close(terminal)
        said.close()
