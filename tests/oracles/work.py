"""A student's folder with exercises begun, where the commands of ``gluon-softmax exercise`` are tried."""

from __future__ import annotations

from pathlib import Path

from gluon_softmax.coursework.work_folder import WorkFolder


def begin(folder: Path, *names: str) -> Path:
    """Begin exercises in ``folder/work``; ``masked_bce`` if none is named."""
    work = WorkFolder(folder / "work")
    work.start(names or ("masked_bce",))
    return work.path
