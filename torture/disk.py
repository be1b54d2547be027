"""The disk is full while a run writes: it ends with a sentence, and with room again it can go on."""

from __future__ import annotations

import errno
import os
import random
import resource
import shutil
import signal
import subprocess
import time
from pathlib import Path

from .configurations import named
from .pool import run_cases
from .process import Process, not_refused, run
from .run_folder import differences, progress, strays, unreadable
from .settings import Settings
from .tally import Tally

NAME = "disk"
_FORMS = (
    "skip-gram pairs negative-sampling",
    "lm sampled dropout 0.25",
    "skip-gram blocks negative-sampling",
    "cbow hierarchical",
)
_SIZE = "8m"  # of the small disk
_MAX_LEFT = 250_000  # bytes that may be left on it, about what a checkpoint and the vectors take


def check(settings: Settings, deadline: float) -> Tally:
    """Disks that fill up while a run trains, that are full when it goes on, and a limit on a file's size."""
    disk = settings.folder / "disk"
    disk.mkdir()
    mounted = _mount(disk)
    ways = ("fills while it trains", "is full when it goes on") if mounted else ()
    ways = (*ways, "limits a file's size")
    met: list[int | None] = []  # exit codes while there was too little room

    def run_case(case: int) -> list[str]:
        chosen = named(_FORMS[case // len(ways) % len(_FORMS)])
        reference = settings.references.finished(chosen)
        way, rng = ways[case % len(ways)], settings.rng(NAME, case)
        place = disk if "limits" not in way else settings.workspace(NAME, case)
        out = place / "run"
        shutil.rmtree(out, ignore_errors=True)
        arguments, resume = (
            settings.references.arguments(chosen, out),
            settings.references.resume_arguments(out),
        )
        process = Process(arguments)
        while process.is_running() and progress(out) is None:
            time.sleep(0.003)
        if "while" not in way:
            process.popen.send_signal(signal.SIGKILL)
            process.finish()
            process = Process(resume)
        if "limits" in way:
            process.limit(resource.RLIMIT_FSIZE, rng.randrange(200, 60_000))
        else:
            _fill(disk / "filler", rng)
        finished = process.finish()
        met.append(finished.rc)
        problems = not_refused(finished) if finished.rc != 0 else []  # what was left may have been enough
        problems += unreadable(out)
        (disk / "filler").unlink(missing_ok=True)
        again = run(resume)
        if again.rc != 0:
            problems.append(f"with room again: exit code {again.rc}: {again.last_line}")
        problems += differences(out, reference.folder) + strays(out)
        return [f"{chosen.name}, the disk {way}: {problem}" for problem in problems]

    try:
        cases = settings.cases(2 * len(ways) * len(_FORMS), per_round=0.05)
        tally = run_cases(settings, NAME, cases, run_case, deadline, num_workers=1)
    finally:
        if mounted:
            subprocess.run(["umount", str(disk)], check=False)
    tally.notes.append(f"{sum(rc != 0 for rc in met)} of {len(met)} runs met the end of the disk")
    if not mounted:
        tally.notes.append("no small disk could be mounted (that takes root): only files' sizes were limited")
    return tally


def _mount(folder: Path) -> bool:
    command = ["mount", "-t", "tmpfs", "-o", f"size={_SIZE}", "tmpfs", str(folder)]
    try:
        return subprocess.run(command, capture_output=True, check=False).returncode == 0
    except OSError:
        return False


def _fill(path: Path, rng: random.Random) -> None:
    """Fill the disk, but for a random number of bytes."""
    block = bytes(4096)
    with open(path, "wb", buffering=0) as file:
        try:
            while True:
                file.write(block)
        except OSError as error:
            if error.errno != errno.ENOSPC:
                raise
        size = os.fstat(file.fileno()).st_size
        file.truncate(max(0, size - rng.choice((0, rng.randrange(_MAX_LEFT)))))
