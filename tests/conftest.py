"""What every test shares: few threads, no windows, and the contexts that each block is tried on."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

# Read by MXNet and matplotlib at their first import. Small arrays are slower on many threads than on two, and
# MXNet in a container counts the machine's cores, not those it may use.
os.environ.setdefault("OMP_NUM_THREADS", "2")
os.environ.setdefault("MPLBACKEND", "agg")

CPUS = {"cpu(0)": [0], "cpu(1)": [1], "cpu(0)+cpu(1)": [0, 1]}
GPUS = [f"gpu({i})" for i in range(max(1, len(list(Path("/dev").glob("nvidia[0-9]*")))))]


@pytest.fixture(params=[*CPUS, *(pytest.param(name, marks=pytest.mark.gpu) for name in GPUS)])
def contexts(request: pytest.FixtureRequest) -> list[Any]:
    """Contexts to initialize a block on, as `initialize(ctx=contexts)` and `split_and_load` take them."""
    from gluon_softmax.backend import mx

    if request.param in CPUS:
        return [mx.cpu(i) for i in CPUS[request.param]]
    from gluon_softmax import try_all_gpus

    found = [device for device in try_all_gpus() if str(device) == request.param]
    if not found:
        pytest.skip(f"{request.param} is not there, or this MXNet has no code for it")
    return found
