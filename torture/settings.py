"""What all checks of one call share: seed, folder, corpus, and the uninterrupted runs."""

from __future__ import annotations

import random
from dataclasses import dataclass
from pathlib import Path

from .process import run
from .references import References

CHECKPOINT_MINUTES = 0.005  # so that runs of two seconds also write checkpoints within an epoch


@dataclass(frozen=True)
class Settings:
    """`rounds` is None where the time decides how much is tried; `case` is the one to repeat, if any."""

    seed: int
    folder: Path
    rounds: int | None
    case: int | None
    references: References

    def rng(self, check: str, case: int) -> random.Random:
        """All draws of a case, which do not depend on what ran before it."""
        return random.Random(f"{self.seed}/{check}/{case}")

    def cases(self, planned: int, per_round: float = 1.0) -> list[int]:
        """The numbers of a check's cases: those planned, or in the long form `per_round` of each round."""
        if self.case is not None:
            return [self.case]
        return list(range(planned if self.rounds is None else max(1, round(self.rounds * per_round))))

    def workspace(self, check: str, case: int) -> Path:
        """An empty folder for a case."""
        path = self.folder / f"{check}-{case}"
        path.mkdir(parents=True)
        return path


def common_arguments() -> tuple[str, ...]:
    """What every run is given beside its options: checkpoints often, where the command line offers that."""
    for flag in ("--help", "--help-all"):
        if "--checkpoint-minutes" in run(["train", flag]).out:
            return ("--checkpoint-minutes", str(CHECKPOINT_MINUTES))
    return ()
