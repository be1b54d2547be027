"""The errors that are this project's own; wrong arguments are Python's ValueError, TypeError and KeyError."""

from __future__ import annotations


class BackendError(ImportError):
    """MXNet cannot run on what is installed; the message says what to install."""


class CorpusError(ValueError):
    """A text, an archive or a download that cannot become a corpus; nothing was written in its place."""


class CheckpointError(ValueError):
    """A run's folder or one of its files that is missing, damaged, or belongs to another configuration."""
