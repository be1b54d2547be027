"""Files as students hand them in, and what their check says."""

from __future__ import annotations

import textwrap
from pathlib import Path

from gluon_softmax.coursework import exercise as exercises
from gluon_softmax.coursework.exercise import Loaded
from gluon_softmax.coursework.process import Checked, Limits, check_file

MASKED_BCE = exercises.load("masked_bce")
HEAD = "def masked_bce(pred, label, mask):\n"
RIGHT = """import numpy


def masked_bce(pred, label, mask):
    terms = numpy.logaddexp(0.0, (1 - 2 * label) * pred) * mask
    return terms.sum(axis=1) / mask.sum(axis=1)
"""
WRONG = RIGHT.replace("mask.sum(axis=1)\n", "mask.shape[1]\n")  # the mean over the row's length


def body(*lines: str) -> str:
    """The exercise's function with these lines."""
    return HEAD + textwrap.indent("\n".join(lines), "    ") + "\n"


def write(folder: Path, source: str | bytes, name: str = "masked_bce") -> Path:
    """Write a file as the exercise `name` is handed in."""
    path = folder / f"{name}.py"
    path.write_bytes(source if isinstance(source, bytes) else source.encode())
    return path


def checked(
    folder: Path,
    source: str | bytes,
    *,
    alone: bool = False,
    limit_s: float = 5.0,
    memory: int = 2 << 30,
    exercise: Loaded = MASKED_BCE,
) -> Checked:
    """Check a file in a process of its own."""
    return check_file(exercise, write(folder, source), Limits(memory, alone, limit_s))
