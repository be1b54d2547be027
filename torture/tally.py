"""What a check counts: cases tried, survived and lost, and a line about each lost one that repeats it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Sequence


@dataclass
class Tally:
    """The counts of one check; `add` takes the problems of a case, none if it survived."""

    name: str
    planned: int = 0
    survived: int = 0
    lost: list[tuple[int, list[str]]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def tried(self) -> int:
        """Survived and lost."""
        return self.survived + len(self.lost)

    def add(self, case: int, problems: Sequence[str]) -> None:
        """Count a case: survived without problems, else lost."""
        if problems:
            self.lost.append((case, list(problems)))
        else:
            self.survived += 1


def table(tallies: Sequence[Tally]) -> str:
    """*check / tried / survived / lost*, and the sum of it."""
    rows = [("check", "tried", "survived", "lost")]
    for tally in tallies:
        rows.append(_row(tally.name, [tally]))
    rows.append(_row("all", tallies))
    return "\n".join(f"{row[0]:<14}{row[1]:>10}{row[2]:>10}{row[3]:>10}" for row in rows)


def _row(name: str, tallies: Sequence[Tally]) -> tuple[str, str, str, str]:
    tried, lost = sum(t.tried for t in tallies), sum(len(t.lost) for t in tallies)
    return name, f"{tried:,}", f"{tried - lost:,}", f"{lost:,}"


def lost_lines(tally: Tally, seed: int) -> list[str]:
    """For each lost case how to repeat it, and what was wrong."""
    lines = []
    for case, problems in sorted(tally.lost):
        lines.append(f"lost: python -m torture --seed {seed} --only {tally.name} --case {case}")
        lines.extend(f"      {problem}" for problem in problems)
    return lines
