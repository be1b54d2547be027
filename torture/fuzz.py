"""The parsers are given mutations of good input: only the errors come out that they say they raise."""

from __future__ import annotations

from .child import run_child
from .mutations import PARSERS
from .pool import run_cases
from .settings import Settings
from .tally import Tally

NAME = "fuzz"
INPUTS_PER_CASE = 300
_TIMEOUT_S = 120.0


def check(settings: Settings, deadline: float) -> Tally:
    """A case is some hundred inputs of one parser, in a process of its own."""
    seen = {"inputs": 0, "taken": 0}

    def run_case(case: int) -> list[str]:
        parser = PARSERS[case % len(PARSERS)]
        folder = settings.workspace(NAME, case)
        seed = f"{settings.seed}/{NAME}/{case}"
        arguments = [parser, seed, str(INPUTS_PER_CASE), str(folder)]
        finished, reports = run_child("fuzz_child", arguments, _TIMEOUT_S)
        problems = [f"{parser}, input {r['number']}: {r['error']}" for r in reports if "error" in r]
        ends = [report for report in reports if "inputs" in report]
        for report in ends:
            for name in seen:
                seen[name] += int(str(report[name]))
        if finished.rc != 0 or not ends:
            at = (folder / "number").read_text() if (folder / "number").exists() else "0"
            problems.append(
                f"{parser}, input {at}: the process ended with {finished.rc}: {finished.last_line}"
            )
        return problems[:5]

    tally = run_cases(settings, NAME, settings.cases(6 * len(PARSERS)), run_case, deadline)
    tally.notes.append(
        f"{seen['inputs']:,} inputs in all, {seen['taken']:,} of them taken, the others refused"
    )
    return tally
