"""The process in which a student's file runs: it answers questions, one line each, and knows no solution.

    python -m gluon_softmax.coursework.student '{"file": ..., "name": ..., "text": ..., "alone": true, ...}'

The first line out says that the file is about to be read, the second has the function's parameters. Then
``{"arguments": ...}`` in gives ``{"value": ...}`` out, ``{"error": ...}`` or ``{"to_do": true}``. What the
file prints goes elsewhere.
"""

from __future__ import annotations

import contextlib
import inspect
import io
import json
import linecache
import os
import resource
import signal
import sys
import traceback
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import Callable, Mapping, Sequence, TextIO

from . import apart, wire
from .alone import stand_alone
from .exercise import load_module, with_probe

MAX_LINE = 200  # characters of an error
_MAX_SOURCE = 60  # and of the line where it is, so that the error itself has room


def main(argv: Sequence[str] | None = None) -> None:
    """Load the file and answer until the questions end."""
    (line,) = sys.argv[1:] if argv is None else argv
    task = json.loads(line)
    questions, answers = _own_streams()
    if task["alone"]:
        apart.take_own_user()  # before MXNet's threads begin
    text = load_module(Path(task["text"]) / "exercise.py")
    if text.EXERCISE.arrays == "mxnet":
        from .. import backend  # noqa: F401  # before the limits: it takes more than an answer may
    name, file = task["name"], task["file"]
    own = Path(file).parent
    _go_to(own)
    is_apart = task["alone"] and apart.stand_apart(own, task.get("hidden", ()))
    _limit(task)
    stand_alone(Path(task["text"]).parent, own if task["alone"] else None, task.get("hidden", ()))
    _tell(answers, {"ready": True, "apart": is_apart})
    function: Callable[..., object] | None = None

    def begin() -> dict[str, object]:
        nonlocal function
        function = _function(load_source(Path(file)), name)
        return {"parameters": parameters(function)}

    _tell(answers, answered(begin, file))
    for question in questions:
        arguments = wire.loads(json.dumps(json.loads(question)["arguments"]))
        assert isinstance(arguments, tuple)
        assert function is not None
        answer = with_probe(text, function)
        _tell(answers, answered(partial(_value, answer, arguments), file))


def _value(answer: Callable[..., object], arguments: tuple[object, ...]) -> dict[str, object]:
    return {"value": json.loads(wire.dumps(answer(*arguments)))}


def answered(work: Callable[[], dict[str, object]], file: str) -> dict[str, object]:
    """What the work gives, or in its place what went wrong."""
    try:
        return work()
    except NotImplementedError:
        return {"to_do": True}
    except BaseException as error:  # SystemExit too: it is the file's own end, not this one's
        return {"error": own_line(error, file)}


def own_line(error: BaseException, file: str) -> str:
    """The line of the student's file where an error comes from, and the error, on one line."""
    if isinstance(error, SyntaxError) and error.filename == file:
        at = f"line {error.lineno}: " if error.lineno else ""
        return in_short(f"{at}{type(error).__name__}: {error.msg}")
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename == file]
    what = _said(error) + _neighbour(error, file)
    if not frames:
        return in_short(what)
    line = linecache.getline(file, frames[-1].lineno or 0).strip()
    return in_short(f"line {frames[-1].lineno}, `{_cut(line, _MAX_SOURCE)}`: {what}")


def _said(error: BaseException) -> str:
    name = type(error).__name__
    try:
        text = str(error)
    except Exception:  # of the student's own class
        text = ""
    return f"{name}: {text}" if text else name


def _neighbour(error: BaseException, file: str) -> str:
    """Why a file beside this one was not found."""
    name = error.name if isinstance(error, ModuleNotFoundError) else None
    there = name and Path(file).with_name(f"{name.partition('.')[0]}.py").exists()
    return "; each file is checked without its neighbours" if there else ""


def parameters(function: Callable[..., object]) -> list[tuple[str, bool]]:
    """The positional parameters of a function or a class, and whether each may be left out."""
    found = inspect.signature(function).parameters.values()
    names = [
        (p.name, p.default is not p.empty)
        for p in found
        if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)
    ]
    return names + [("*", True)] * any(p.kind is p.VAR_POSITIONAL for p in found)


def load_source(path: Path) -> Mapping[str, object]:
    """Run a file and return its names."""
    module = ModuleType(path.stem)
    module.__file__ = str(path)
    sys.modules.setdefault(path.stem, module)  # where a dataclass looks for its own
    exec(compile(path.read_bytes(), str(path), "exec"), vars(module))  # this process is made for it
    return vars(module)


def _function(names: Mapping[str, object], name: str) -> Callable[..., object]:
    found = names.get(name)
    if not callable(found):
        raise NameError(f"the file has no function {name}")
    return found


def in_short(text: str) -> str:
    """A text on one line that is short enough, without what would move a terminal's cursor."""
    return _cut(" ".join("".join(one if one.isprintable() else " " for one in text).split()), MAX_LINE)


def _cut(text: str, size: int) -> str:
    return text if len(text) <= size else f"{text[: size - 3]}..."


def _own_streams() -> tuple[TextIO, TextIO]:
    """Standard input and output for this process alone; the student's file gets none and standard error."""
    questions, answers = os.fdopen(os.dup(0), "r"), os.fdopen(os.dup(1), "w")
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.dup2(2, 1)
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(line_buffering=True)  # what was printed is read while the process runs
    return questions, answers


def _go_to(folder: Path) -> None:
    """Work in the file's folder, without its other files being found as modules."""
    here = os.getcwd()
    sys.path[:] = [path for path in sys.path if path not in ("", here)]
    os.chdir(folder)


def _tell(answers: TextIO, answer: dict[str, object]) -> None:
    print(json.dumps(answer), file=answers, flush=True)


def _limit(task: Mapping[str, object]) -> None:
    for kind, name in (
        (resource.RLIMIT_AS, "memory"),
        (resource.RLIMIT_FSIZE, "file_size"),
        (resource.RLIMIT_CPU, "cpu_s"),
        (resource.RLIMIT_CORE, "core"),
    ):
        limit = task.get(name)
        if isinstance(limit, int):
            hard = resource.getrlimit(kind)[1]
            limit = limit if hard == resource.RLIM_INFINITY else min(limit, hard)
            with contextlib.suppress(ValueError, OSError):  # macOS has no limit on memory
                resource.setrlimit(kind, (limit, limit))
    if "alive_s" in task:  # ends what sleeps after the checker was killed
        signal.setitimer(signal.ITIMER_REAL, float(str(task["alive_s"])))


if __name__ == "__main__":
    main()
