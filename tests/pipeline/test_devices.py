"""One training on several devices: of one process, and of two on this machine.

The devices are made of the processor; nothing is known here about GPUs and networks.
"""

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from tests.support.workspace import ENVIRONMENT, NEW_PROCESSES, write_params
from tools.reruns import stages

NETWORKS = {
    "taught": "classifier_denoised",
    "levels": "autoencoder",
    "branches": "joint",
    "cascade": "joint",
}
"""The networks that are trained, by the folder below `models/`: a classifier with distillation,
averaged weights and its own denoiser, a denoiser with a level input, and both joint networks."""

TRAIN_ALL = """
import shutil, sys
sys.path.insert(0, "")
import stages
from denoising.config.params import read_params
from denoising.training import distribution
from stages import train_autoencoder, train_classifier, train_joint
from stages._paths import MODELS, Place

params = read_params()
def changed(section, **values):
    return params.model_copy(update={section: getattr(params, section).model_copy(update=values)})
def place(name):
    folder = MODELS / sys.argv[1] / name
    folder.mkdir(parents=True, exist_ok=True)
    if distribution.rank() == 0:
        for part in ("autoencoder.keras", "autoencoder.onnx", "classifier_denoised.keras"):
            shutil.copyfile(MODELS / part, folder / part)
    return Place(folder, folder, f"{sys.argv[1]}-{name}-")

places = {name: place(name) for name in ("taught", "levels", "branches", "cascade")}
with distribution.together():
    train_classifier.main(changed("training", weight_averaging=0.9), "denoised", places["taught"])
    levels = {"noise_range": [0.1, 0.5], "level_input": True, "level_known": 0.5}
    train_autoencoder.main(changed("training", **levels), places["levels"])
    train_joint.main(changed("joint", form="branches"), places["branches"])
    train_joint.main(changed("joint", form="cascade"), places["cascade"])
"""
"""Processes start together, so that the parts are copied before the first one is read."""

MISSING = """
import os, sys
sys.path.insert(0, "")
import stages
from denoising.training import distribution
distribution.HEARTBEAT = 5
with distribution.together():
    distribution.join("jax")
    os.write(1 if distribution.leads() else int(sys.argv[1]), b"connected")
    sys.stdin.read()
"""


def with_jax(values: dict) -> None:
    values["training"] |= {"backend": "jax", "distillation": 0.5}
    for name in ("classifier", "autoencoder", "joint"):
        values["datasets"]["digits"]["training"][name]["epochs"] = 2


@pytest.fixture(scope="module")
def workspace(copy, tmp_path_factory) -> Path:
    """Return a copy of the finished tiny pipeline whose trainings run on JAX."""
    import shutil

    folder = tmp_path_factory.mktemp("devices") / "project"
    shutil.copytree(copy, folder, symlinks=True)
    write_params(folder, with_jax)
    return folder


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return taken.getsockname()[1]
