"""Two trainings of one folder: one is refused with a sentence, the other ends as if it had been alone."""

from __future__ import annotations

import signal
import time
from pathlib import Path

from .configurations import named
from .pool import run_cases
from .process import Finished, Process, not_refused, run
from .run_folder import differences, strays
from .settings import Settings
from .tally import Tally

NAME = "two-at-once"
_FORMS = ("skip-gram pairs negative-sampling", "lm sampled dropout 0.25", "skip-gram blocks hierarchical")
# How the second comes: together with the first, or while it trains, with an option; or after it was killed.
_WAYS = ("together", "--resume", "--overwrite", "no option", "after a kill")


def check(settings: Settings, deadline: float) -> Tally:
    """Every way in turn, each over several kinds of run, one case at a time since each is two processes."""
    cases = settings.cases(2 * len(_WAYS), per_round=0.05)
    return run_cases(settings, NAME, cases, lambda case: _case(settings, case), deadline, num_workers=1)


def _case(settings: Settings, case: int) -> list[str]:
    way, rng = _WAYS[case % len(_WAYS)], settings.rng(NAME, case)
    chosen = named(_FORMS[(case + case // len(_WAYS)) % len(_FORMS)])
    references = settings.references
    reference = references.finished(chosen)
    out = settings.workspace(NAME, case) / "run"
    first = Process(references.arguments(chosen, out))
    if way != "together":
        _wait_until_training(first, out)
        time.sleep(rng.uniform(0, 0.3 * (reference.ends_s - reference.begins_s)))
    second_arguments = references.arguments(chosen, out)
    if way in ("--resume", "after a kill"):
        second_arguments = references.resume_arguments(out)
    elif way == "--overwrite":
        second_arguments.append("--overwrite")
    if way == "after a kill":
        first.popen.send_signal(signal.SIGKILL)
        first.finish()
        finished = run(second_arguments)
        problems = [f"after a kill −9: exit code {finished.rc}: {finished.last_line}"] if finished.rc else []
    else:
        second = Process(second_arguments)
        problems = _one_refused(first.finish(), second.finish(), way)
    return [f"{chosen.name}, {way}: {p}" for p in problems + differences(out, reference.folder) + strays(out)]


def _wait_until_training(process: Process, out: Path) -> None:
    while process.is_running() and not (out / "config.json").exists():
        time.sleep(0.005)


def _one_refused(first: Finished, second: Finished, way: str) -> list[str]:
    if way == "together" and first.rc:
        first, second = second, first
    problems = [f"the one that should end has exit code {first.rc}: {first.last_line}"] if first.rc else []
    return problems + [f"the one to be refused: {problem}" for problem in not_refused(second)]
