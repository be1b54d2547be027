"""Uninterrupted runs: each is made once per call, however many checks compare with it."""

from __future__ import annotations

import shutil
import signal
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple, Sequence

from .configurations import Configuration
from .process import Process, run, shown
from .run_folder import progress

MAX_TRIES = 10  # to kill a run half-way


class Reference(NamedTuple):
    """A finished run: its folder, and after how many seconds it began to train and ended."""

    folder: Path
    begins_s: float
    ends_s: float


@dataclass
class References:
    """Runs by the name of their configuration, below `folder`; `common` are arguments that all are given."""

    folder: Path
    corpus: Path
    common: Sequence[str]
    _runs: dict[str, Reference] = field(default_factory=dict)
    _locks: dict[str, threading.Lock] = field(default_factory=dict)
    _guard: threading.Lock = field(default_factory=threading.Lock)

    def arguments(self, configuration: Configuration, out: Path) -> list[str]:
        """``train`` with all that is needed to begin the run."""
        fixed = ["train", "--corpus", str(self.corpus), "--out", str(out), "--quiet"]
        return [*fixed, *configuration.arguments, *self.common]

    def resume_arguments(self, out: Path) -> list[str]:
        """``train --resume``, with the options of the run but for how often it is checkpointed."""
        return ["train", "--out", str(out), "--resume", "--quiet", *self.common]

    def finished(self, configuration: Configuration) -> Reference:
        """The uninterrupted run; RuntimeError where it fails."""
        with self._lock(configuration.name):
            if configuration.name not in self._runs:
                self._runs[configuration.name] = self._make(configuration)
            return self._runs[configuration.name]

    def half(self, configuration: Configuration, checkpoints: int = 1) -> Path:
        """A run that was killed after some checkpoints, at least an epoch of it done but not all."""
        name = f"half-{_slug(configuration.name)}"
        with self._lock(name):
            path = self.folder / name
            for _ in range(0 if path.exists() else MAX_TRIES):
                out = self.folder / f"{name}.new"
                shutil.rmtree(out, ignore_errors=True)
                process = Process(self.arguments(configuration, out))
                while process.is_running() and not _is_half(out, configuration, checkpoints):
                    time.sleep(0.002)
                process.popen.send_signal(signal.SIGKILL)
                process.finish()
                if _is_half(out, configuration, checkpoints):
                    out.rename(path)
                    break
            if not path.exists():
                raise RuntimeError(f"no run of {configuration.name} could be killed half-way")
            return path

    def _make(self, configuration: Configuration) -> Reference:
        out = self.folder / _slug(configuration.name)
        arguments = self.arguments(configuration, out)
        process = Process(arguments)
        while process.is_running() and not (out / "config.json").exists():
            time.sleep(0.01)
        begins_s = process.seconds
        finished = process.finish()
        if finished.rc != 0:
            raise RuntimeError(
                f"the uninterrupted run failed with {finished.rc}: {finished.last_line}; {shown(arguments)}"
            )
        return Reference(out, begins_s, finished.seconds)

    def _lock(self, name: str) -> threading.Lock:
        with self._guard:
            return self._locks.setdefault(name, threading.Lock())


def answer(arguments: Sequence[str]) -> str:
    """What a command prints on an undamaged run; RuntimeError where it fails."""
    finished = run(arguments)
    if finished.rc != 0:
        raise RuntimeError(f"failed on an undamaged run: {finished.last_line}; {shown(arguments)}")
    return finished.out


def _is_half(run: Path, configuration: Configuration, checkpoints: int) -> bool:
    """Whether some epochs of a run are done, with all that is written after an epoch, but not the last."""
    done = progress(run)
    if done is None or not checkpoints <= done.epoch < configuration.num_epochs:
        return False
    return (run / "metrics.jsonl").exists() and (run / "vectors.txt").exists() == configuration.has_vectors


def _slug(name: str) -> str:
    return name.replace(" ", "-")
