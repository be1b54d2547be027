"""What a run finds on this computer: versions, cards, threads, memory, corpora, what is slow and why."""

from __future__ import annotations

import os
import platform
import time
import warnings
from importlib import metadata
from pathlib import Path
from types import ModuleType
from typing import Callable, NamedTuple

import numpy

from .. import __version__
from ..data.sources import data_folder, find_sources

_OPTIONAL = ("umap-learn", "scikit-learn", "gensim")  # what else this package uses where it is there
_SMALL_MEMORY = 2 << 30  # bytes: a run on ptb takes less, MXNet and a large vocabulary may not
_SIZE = 1024  # of the matrices whose product is timed
_SLOW_PRODUCT = 3.0  # times as long as the same product takes in a fully connected layer


class Finding(NamedTuple):
    """One thing that was looked at, and what to do about it, if anything."""

    name: str
    value: str
    advice: str | None = None


def examine() -> list[Finding]:
    """Look at everything; nothing is written or downloaded, and it takes a few seconds.

    An MXNet that cannot be imported is a finding too, after which cards and products are left out.
    """
    findings = [
        Finding("Python", f"{platform.python_version()} on {platform.system()} {platform.machine()}"),
        Finding("gluon_softmax", f"{__version__}, {Path(__file__).resolve().parents[1]}"),
        Finding("NumPy", numpy.__version__),
        *_libraries(),
        *_processor(),
        _memory(),
        *_corpora(),
    ]
    start = time.perf_counter()
    try:
        from ..backend import mx
    except Exception as error:  # whatever is wrong with the installation is what is asked for
        return [*findings, Finding("MXNet", "cannot be imported", f"{type(error).__name__}: {error}")]
    seconds = time.perf_counter() - start
    return [
        *findings,
        Finding("MXNet", f"{mx.__version__}, imported in {seconds:.1f} s"),
        *_cards(mx),
        *_products(),
    ]


def as_text(findings: list[Finding]) -> list[str]:
    """A line per finding, each advice indented below its own."""
    width = max(len(finding.name) for finding in findings)
    lines = []
    for finding in findings:
        lines.append(f"{finding.name.ljust(width)}  {finding.value}")
        if finding.advice is not None:
            lines.append(f"{' ' * width}  -> {finding.advice}")
    count = sum(finding.advice is not None for finding in findings)
    return [*lines, f"{count} to look at, each marked ->" if count else "nothing to mend was found"]


def _libraries() -> list[Finding]:
    d2l = _version("d2l")
    return [
        Finding("d2l", d2l or "not installed", None if d2l else "pip install d2l: it fetches ptb"),
        Finding("optional", ", ".join(f"{name} {_version(name) or '-'}" for name in _OPTIONAL)),
    ]


def _version(distribution: str) -> str | None:
    try:
        return metadata.version(distribution)
    except metadata.PackageNotFoundError:
        return None


def usable_cores() -> float:
    """How many cores this process may use: those it is bound to, or the share that its container grants."""
    bound = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    try:
        quota, period = Path("/sys/fs/cgroup/cpu.max").read_text(encoding="ascii").split()
        return min(float(bound), int(quota) / int(period))
    except (OSError, ValueError):  # no such file, or no limit: "max 100000"
        return float(bound)


def _processor() -> list[Finding]:
    there, usable = os.cpu_count() or 1, usable_cores()
    threads = os.environ.get("OMP_NUM_THREADS")
    advice = None
    if threads is None and there > usable:
        advice = (
            f"MXNet starts a thread for each of the {there} cores, and this process may use {usable:g}: "
            f"set OMP_NUM_THREADS={max(1, int(usable))}"
        )
    elif threads is not None and threads.isdigit() and int(threads) > usable:
        advice = f"more threads than cores take turns: set OMP_NUM_THREADS={max(1, int(usable))}"
    cores = Finding("cores", f"{there}, usable {usable:g}; OMP_NUM_THREADS {threads or 'not set'}", advice)
    if not hasattr(os, "getloadavg"):
        return [cores]
    load = os.getloadavg()[0]
    busy = f"other programs take turns with this one on {usable:g} cores: figures of speed vary"
    return [cores, Finding("load", f"{load:.1f}", busy if load > usable + 0.5 else None)]


def _memory() -> Finding:
    try:
        lines = Path("/proc/meminfo").read_text(encoding="ascii").splitlines()
        free = next(int(line.split()[1]) << 10 for line in lines if line.startswith("MemAvailable:"))
    except (OSError, StopIteration, ValueError):
        return Finding("memory", "not known on this system")
    small = "a large vocabulary may not fit: a smaller --embed-size or a larger --min-freq takes less"
    return Finding("memory", f"{free / 2**30:.1f} GiB free", small if free < _SMALL_MEMORY else None)


def _corpora() -> list[Finding]:
    folder = data_folder()
    archive = folder / "ptb.zip"
    there = next(path for path in (folder, *folder.absolute().parents) if path.exists())
    if archive.is_file():
        ptb = Finding("ptb", str(archive))
    elif os.access(there, os.W_OK):
        ptb = Finding("ptb", f"not there; its first use downloads it to {archive}")
    else:
        ptb = Finding("ptb", "not there", f"{folder} cannot be written to: set GLUON_SOFTMAX_DATA")
    try:
        embedded = Finding("mini_ptb", find_sources("mini_ptb")["train"].where.rpartition(":")[0])
    except ValueError as error:
        embedded = Finding("mini_ptb", "missing", str(error))
    return [embedded, ptb]


def _cards(mx: ModuleType) -> list[Finding]:
    """The GPUs that MXNet counts, and whether it runs on them."""
    count = mx.context.num_gpus()
    if not count:
        seen = sorted(path.name for path in Path("/dev").glob("nvidia[0-9]*"))
        advice = "a card is there, and this MXNet is built for the CPU: see README, GPUs" if seen else None
        return [
            Finding("cards", f"MXNet counts none{', the system ' + ', '.join(seen) if seen else ''}", advice)
        ]
    from ..backend.device import try_gpu

    findings = []
    for i in range(count):
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            device = try_gpu(i)
        findings.append(Finding(f"gpu:{i}", f"runs use {device}", str(caught[0].message) if caught else None))
    return findings


def _products() -> list[Finding]:
    """How fast matrix products are, by both ways that MXNet has on a CPU."""
    from ..backend import np, npx

    a = np.ones((_SIZE, _SIZE))
    layer = _seconds(
        lambda: npx.fully_connected(a, a, no_bias=True, num_hidden=_SIZE, flatten=False).wait_to_read()
    )
    dot = _seconds(lambda: np.dot(a, a).wait_to_read())
    flops = 2 * _SIZE**3
    slow = (
        f"np.dot takes {dot / layer:.0f} times as long as a fully connected layer, since it goes through an "
        "old OpenBLAS; the layers of this package avoid it"
    )
    return [
        Finding("products", f"{flops / layer / 1e9:.0f} GFLOP/s in a fully connected layer (oneDNN)"),
        Finding("np.dot", f"{flops / dot / 1e9:.0f} GFLOP/s", slow if dot > _SLOW_PRODUCT * layer else None),
    ]


def _seconds(call: Callable[[], object], times: int = 5) -> float:
    """The seconds of the fastest of some calls, after one that does not count."""
    call()
    taken = []
    for _ in range(times):
        start = time.perf_counter()
        call()
        taken.append(time.perf_counter() - start)
    return min(taken)
