"""What every test shares: few threads, no windows, and the contexts that each block is tried on."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from oracles.small_runs import Call

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


@pytest.fixture
def call(capsys: pytest.CaptureFixture[str]) -> Call:
    """Run a command; its status, and what it printed to stdout and to stderr."""
    from gluon_softmax import cli

    def call(*argv: object) -> tuple[int, str, str]:
        try:
            status = cli.main([str(arg) for arg in argv])
        except SystemExit as stop:  # argparse's, after --help or an error
            status = int(stop.code or 0)
        out, err = capsys.readouterr()
        return status, out, err

    return call
