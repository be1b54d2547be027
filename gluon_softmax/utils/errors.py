"""The errors that are this project's own; wrong arguments are Python's ValueError, TypeError and KeyError."""

from __future__ import annotations


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
