"""The errors that are this project's own; wrong arguments are Python's ValueError, TypeError and KeyError."""

from __future__ import annotations

import difflib
from typing import Sequence


class BackendError(ImportError):
    """MXNet cannot run on what is installed; the message says what to install."""


class CorpusError(ValueError):
    """A text, an archive or a download that cannot become a corpus; nothing was written in its place."""


class TrainingDiverged(ValueError):  # noqa: N818  # it says what happened, as KeyboardInterrupt does
    """A loss that is not finite or far above its start; what was checkpointed before it stays."""


class TrainingInterrupted(KeyboardInterrupt):
    """Training stopped at a signal, after its state was saved; `signum` is the signal's number."""

    def __init__(self, signum: int) -> None:
        super().__init__(f"training was stopped by signal {signum}")
        self.signum = signum


class CheckpointError(ValueError):
    """A run's folder or one of its files that is missing, damaged, or belongs to another configuration."""


class ExerciseError(ValueError):
    """An exercise, a course or a class's folder that is not as it should be."""


class AnswerError(Exception):
    """What a student's code did in place of answering: its own line and message, a limit, no value."""


class NotDone(Exception):  # noqa: N818  # nothing went wrong: the starter is as it was
    """A starter that still raises NotImplementedError."""


class UnknownTokenError(KeyError):
    """A word that is none of those asked about; the message names the nearest spellings.

    They are looked for when the message is read, which takes seconds with 400,000 words, so that ``try``
    costs nothing.
    """

    def __init__(self, token: str, tokens: Sequence[str]) -> None:
        super().__init__(token)
        self._tokens = tokens

    def __str__(self) -> str:
        token = self.args[0]
        near = difflib.get_close_matches(token, self._tokens)
        hint = f"nearest spellings: {', '.join(near)}" if near else "no word is spelt like it"
        return f"{token!r} is none of the {len(self._tokens):,} words; {hint}"

    def __reduce__(self) -> tuple[type[KeyError], tuple[str]]:
        return KeyError, (str(self),)  # without all the words
