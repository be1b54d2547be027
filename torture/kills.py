"""Runs are killed at random moments and resumed: in the end they equal the uninterrupted run, bit by bit."""

from __future__ import annotations

import random
import signal
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Sequence

from .configurations import NUM_FORMS, Configuration, configuration
from .pool import run_cases
from .process import TIMEOUT_S, Finished, Process, broken, patience
from .references import Reference
from .run_folder import Progress, differences, progress, strays
from .settings import Settings
from .tally import Tally

NAME = "kills"
_SIGNALS = (signal.SIGKILL, signal.SIGTERM, signal.SIGINT)
_CODES = {signal.SIGTERM: 143, signal.SIGINT: 130}
_MAX_KILLS = 8  # in a round
_KILL_AGAIN = 0.85  # the share of resumed runs that are killed too
_POLL_S = 0.004


@dataclass
class _Counts:
    kills: int = 0
    midway: int = 0
    resumed: int = 0
    forms: set[str] = field(default_factory=set)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, *, kills: int = 0, midway: int = 0, resumed: int = 0) -> None:
        with self.lock:
            self.kills += kills
            self.midway += midway
            self.resumed += resumed


def check(settings: Settings, deadline: float) -> Tally:
    """Rounds over all configurations, two at a time."""
    counts = _Counts()

    def run_case(case: int) -> list[str]:
        chosen = configuration(settings.seed, case)
        with counts.lock:
            counts.forms.add(chosen.name)
        return [f"{chosen.name}: {problem}" for problem in _round(settings, case, chosen, counts)]

    tally = run_cases(settings, NAME, settings.cases(20 * NUM_FORMS), run_case, deadline)
    # it goes on for as long as there is time; what counts is that every form is reached
    if settings.rounds is None and settings.case is None:
        tally.planned = max(NUM_FORMS, tally.tried)
    tally.notes.append(
        f"{counts.kills:,} kills, {len(counts.forms)} configurations; {counts.midway:,} hit a run between "
        f"its first and its last checkpoint, {counts.resumed:,} resumes went on from there"
    )
    return tally


def _round(settings: Settings, case: int, chosen: Configuration, counts: _Counts) -> list[str]:
    reference = settings.references.finished(chosen)
    rng = settings.rng(NAME, case)
    out = settings.workspace(NAME, case) / "run"
    problems: list[str] = []
    for attempt in range(_MAX_KILLS + 1):
        has_begun = (out / "config.json").exists()
        references = settings.references
        arguments = references.resume_arguments(out) if has_begun else references.arguments(chosen, out)
        before = progress(out)
        process = Process(arguments)
        watch = _Watch(process, out, before)
        sent = None
        if attempt < _MAX_KILLS and (attempt == 0 or rng.random() < _KILL_AGAIN):
            sent = rng.choice(_SIGNALS)
            sent = sent if _wait_for_moment(watch, rng, reference) else None
        was_training = (out / "config.json").exists()
        if sent is not None:
            process.popen.send_signal(sent)
        while process.is_running() and process.seconds < patience(
            TIMEOUT_S
        ):  # the next checkpoint shows where it went on
            watch.look()
            time.sleep(_POLL_S)
        finished = process.finish(timeout=1)
        after = progress(out)
        if before is not None and _is_midway(before, chosen):
            counts.add(resumed=watch.went_on(after))
        if sent is None:
            problems += broken(finished)
            if finished.rc != 0:
                return [
                    *problems,
                    f"exit code {finished.rc} of {'a resumed' if has_begun else 'the first'} run: "
                    f"{finished.last_line}",
                ]
            break
        counts.add(kills=1, midway=after is not None and _is_midway(after, chosen))
        is_over = after is not None and after.epoch == chosen.num_epochs
        # a resumed run finds config.json there: that it has begun shows in its first checkpoint, or in words
        was_training &= not (has_begun and watch.num_seen == 0 and _died_unprepared(sent, finished))
        problems += _exit_problems(sent, finished, was_training, is_over)
    return problems + differences(out, reference.folder) + strays(out)


def _died_unprepared(sent: signal.Signals, finished: Finished) -> bool:
    """Whether the signal did what it does by default, before Python had imported what handles it."""
    return finished.rc == -sent and not finished.err.strip()


def _is_midway(at: Progress, chosen: Configuration) -> bool:
    return at.epoch < chosen.num_epochs and (at.epoch > 0 or at.step > 0)


def _wait_for_moment(watch: _Watch, rng: random.Random, reference: Reference) -> bool:
    """Wait for a random moment to kill; False where the process ended before.

    The moment is while it starts, some time into its training, just after a checkpoint, or while a file is
    being written.
    """
    kind = rng.choices(("start", "time", "checkpoint", "writing"), weights=(1, 3, 5, 1))[0]
    at = rng.uniform(0, reference.begins_s)
    if kind == "time":
        at = reference.begins_s + rng.uniform(0, 0.8) * (reference.ends_s - reference.begins_s)
    checkpoints, delay = rng.choice((1, 1, 2)), rng.choice((0.0, rng.uniform(0, 0.02), rng.uniform(0, 0.3)))
    while watch.process.is_running():
        watch.look()
        if kind in ("start", "time") and watch.process.seconds >= at:
            return True
        if kind == "checkpoint" and watch.num_seen >= checkpoints:
            time.sleep(delay)
            return watch.process.is_running()
        # what is written in a moment may be missed: the third checkpoint does as well
        if kind == "writing" and (watch.is_writing() or watch.num_seen > 2):
            return True
        time.sleep(_POLL_S / 4 if kind == "writing" else _POLL_S)
    return False


class _Watch:
    """What becomes of a run's checkpoint while a process trains it."""

    def __init__(self, process: Process, out: Path, before: Progress | None) -> None:
        self.process, self.out, self.before = process, out, before
        self.index = out / "checkpoint" / "checkpoint.json"
        self.num_seen = 0
        self.first: Progress | None = None  # the first new one
        self._stamp = self._read_stamp()

    def look(self) -> None:
        """Count the checkpoints that are new."""
        stamp = self._read_stamp()
        if stamp != self._stamp:
            self._stamp = stamp
            self.num_seen += 1
            self.first = self.first or progress(self.out)

    def is_writing(self) -> bool:
        """Whether a file is there that is not whole yet."""
        folders = (self.out, self.out / "checkpoint")
        return any(".part" in path.name for folder in folders for path in folder.glob("*.part*"))

    def went_on(self, after: Progress | None) -> bool:
        """Whether the process went on from the checkpoint it found.

        Its first new one is further, and the seconds of the epochs before are still those of then.
        """
        first = self.first or after
        if self.before is None or first is None or first == self.before:
            return False
        is_further = (first.epoch, first.step) > (self.before.epoch, self.before.step)
        return is_further and first.seconds[: len(self.before.seconds)] == self.before.seconds

    def _read_stamp(self) -> Sequence[int]:
        try:
            stat = self.index.stat()
        except OSError:
            return ()
        return (stat.st_mtime_ns, stat.st_ino)


def _exit_problems(sent: signal.Signals, finished: Finished, was_training: bool, is_over: bool) -> list[str]:
    """Whether a run that was asked to stop did so as it should, naming the command that goes on."""
    if sent == signal.SIGKILL or is_over:
        return []
    name, code = sent.name, _CODES[sent]
    if finished.rc is None:
        return [f"{name}: still running a minute later"]
    if "Traceback (most recent call last)" in finished.err and was_training:
        return [f"{name}: traceback: {finished.last_line}"]
    if not was_training:  # Python itself is still starting
        return [] if finished.rc in (code, -sent, 1, 0) else [f"{name} at the start: exit code {finished.rc}"]
    problems = [] if finished.rc == code else [f"{name}: exit code {finished.rc} instead of {code}"]
    if "--resume" not in finished.err:
        problems.append(f"{name}: stderr does not name the command that goes on: {finished.last_line!r}")
    return problems
