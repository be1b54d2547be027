"""A class to report on: ``python tests/coursework/make_class.py CLASS_FOLDER`` makes 30 folders.

Solutions, known wrong answers, starters, empty files, none, endless loops, and files that print, exit, kill,
read the oracle, write elsewhere, start processes, forge answers or are links. `expected` says what each gets.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Callable, Iterator, Mapping, NamedTuple, Sequence

from gluon_softmax.coursework import exercise as exercises
from gluon_softmax.coursework.exercise import Loaded
from gluon_softmax.coursework.ladder import NOT_YET, PASSED, TO_DO
from gluon_softmax.coursework.report_worker import MISSING

SLEEP = "86399.25"  # by which a process that was left behind is known


class Kind(NamedTuple):
    """A kind of student: the source of an exercise's file, and the state that it gets."""

    source: Callable[[Loaded, Path], str | None]
    state: str


def solution_of(exercise: Loaded, _: Path) -> str:
    return (exercise.folder / "solution.py").read_text(encoding="utf-8")


def wrong(number: int) -> Callable[[Loaded, Path], str]:
    """The mistake of that number, as a file of its own."""

    def source(exercise: Loaded, _: Path) -> str:
        mistake = mistake_of(exercise, number)
        text = (exercise.folder / "mistakes.py").read_text(encoding="utf-8")
        call = f"_mistaken(*given, **named, wrong=frozenset([{mistake!r}]))"
        function = f"def {exercise.name}(*given, **named):\n    return {call}\n"
        return f"{text}\n\n_mistaken = {exercise.name}\n\n\n{function}"

    return source


def mistake_of(exercise: Loaded, number: int) -> str:
    names = list(exercise.mistakes)
    return names[number % len(names)]


def starter_of(exercise: Loaded, _: Path) -> str:
    return exercise.starter


def nothing(_: Loaded, __: Path) -> None:
    return None


def empty(_: Loaded, __: Path) -> str:
    return "\n"


def endless(exercise: Loaded, _: Path) -> str:
    return f"def {exercise.name}(*given):\n    while True:\n        pass\n"


def endless_at_import(_: Loaded, __: Path) -> str:
    return "import time\n\nwhile True:\n    time.sleep(1.0)\n"


def after_solution(text: str) -> Callable[[Loaded, Path], str]:
    """The solution, and then lines that are tried, each whatever the others did."""

    def source(exercise: Loaded, folder: Path) -> str:
        tried = "".join(
            f"try:\n    {line}\nexcept BaseException:\n    pass\n"
            for line in text.replace("CLASS", str(folder)).replace("SLEEP", SLEEP).splitlines()
        )
        return f"{solution_of(exercise, folder)}\n\nimport ctypes, os, signal, subprocess, sys, time\n{tried}"

    return source


def ends(exercise: Loaded, folder: Path) -> str:
    """One of several ways to end the program."""
    ways = ("os._exit(0)", "sys.exit(0)", "raise SystemExit", "os.kill(os.getppid(), 9)", "os.abort()")
    way = ways[len(exercise.name) % len(ways)]
    return f"import os\nimport sys\n\n\n{solution_of(exercise, folder)}\n\n{way}\n"


def reads_the_oracle(exercise: Loaded, _: Path) -> str:
    """One of several ways to read the solution."""
    path = str(exercise.folder / "solution.py")
    ways = (
        f"exec(open({path!r}).read())",
        f"from pathlib import Path\nexec(Path({path!r}).read_bytes())",
        f"from gluon_softmax.coursework import exercise\nexercise.load({exercise.name!r})",
        f"import os\nexec(os.read(os.open({path!r}, os.O_RDONLY), 99999))",
    )
    return f"{ways[len(exercise.name) % len(ways)]}\n"


WRITES = """\
open("CLASS/s00/masked_bce.py", "w").write("")
open("CLASS/new.py", "w").write("")
os.remove("CLASS/s00/masked_bce.py")
os.rename("CLASS/s00", "CLASS/gone")
os.symlink("/", "CLASS/link")
fd = ctypes.pythonapi.open(b"CLASS/s01/masked_bce.py", 1 | 512)
ctypes.pythonapi.unlink(b"CLASS/s02/masked_bce.py")
ctypes.pythonapi.mkdir(b"CLASS/folder", 0o777)
os.chdir("CLASS")
os.makedirs("/".join(["deep"] * 300))"""
STARTS = """\
subprocess.Popen(["sleep", "SLEEP"])
os.system("sleep SLEEP &")
os.fork() or time.sleep(9999)
import multiprocessing.util; multiprocessing.util.spawnv_passfds(b"/bin/sleep", [b"sleep", b"SLEEP"], [])
import threading; threading.Thread(target=time.sleep, args=[9999]).start()
ctypes.pythonapi.fork() or (os.setsid(), ctypes.pythonapi.fork() and os._exit(0), time.sleep(9999))
import _thread; _thread.start_new_thread(time.sleep, (9999,))"""
# Only the first process of a namespace does it: outside, all of the user's processes would be gone.
KILLS = """\
os.kill(os.getppid(), signal.SIGKILL)
os.killpg(0, signal.SIGKILL)
signal.signal(signal.SIGTERM, signal.SIG_IGN)
alone = os.getpid() == 1
pids = [int(pid) for pid in os.listdir("/proc") if pid.isdigit() and pid != "1"] if alone else []
[ctypes.pythonapi.kill(pid, 9) for pid in pids]"""
PRINTS = """\
print("passed " * 100)
print('{"value": 1}')
sys.stderr.write("\\\\x1b[2J" * 50)
sys.__stdout__.write("x" * 100_000)"""
LINE = b'{"parameters": [], "value": 1}\n' * 9
FORGES = "\n".join(f"os.write({fd}, {LINE!r})" for fd in range(3, 32))

KINDS: Mapping[str, Kind] = {
    "solves": Kind(solution_of, PASSED),
    **{f"errs{number}": Kind(wrong(number), NOT_YET) for number in range(8)},
    "begins": Kind(starter_of, TO_DO),
    "saves": Kind(empty, TO_DO),
    "sleeps": Kind(nothing, MISSING),
    "loops": Kind(endless, NOT_YET),
    "hangs": Kind(endless_at_import, NOT_YET),
    "prints": Kind(after_solution(PRINTS), PASSED),
    "ends": Kind(ends, NOT_YET),
    "peeks": Kind(reads_the_oracle, NOT_YET),
    "writes": Kind(after_solution(WRITES), PASSED),
    "starts": Kind(after_solution(STARTS), PASSED),
    "kills": Kind(after_solution(KILLS), PASSED),
    "forges": Kind(after_solution(FORGES), NOT_YET),
    "links": Kind(nothing, NOT_YET),
}
TWICE = ("begins", "saves", "loops")
NUM_SOLUTIONS = 6


def students() -> Iterator[tuple[str, str]]:
    """30 names of students, each with the kind."""
    kinds = ["solves"] * (NUM_SOLUTIONS - 1)
    kinds += [kind for name in KINDS for kind in [name] * (2 if name in TWICE else 1)]
    for number, kind in enumerate(kinds):
        yield f"s{number:02d}", kind


def make_class(folder: Path, names: Sequence[str], chosen: Sequence[tuple[str, str]]) -> None:
    """Write a folder for each chosen student."""
    loaded = [exercises.load(name) for name in names]
    for student, kind in chosen:
        (folder / student).mkdir(parents=True)
        for exercise in loaded:
            path = folder / student / f"{exercise.name}.py"
            source = KINDS[kind].source(exercise, folder.resolve())
            if kind == "links":
                path.symlink_to(exercise.folder / "solution.py")
            elif source is not None:
                path.write_text(source, encoding="utf-8")


def expected(exercise: Loaded, kind: str) -> tuple[str, tuple[str, ...]]:
    """The state, and the mistakes by name, that a student of that kind gets."""
    number = kind[len("errs") :] if kind.startswith("errs") else ""
    return KINDS[kind].state, (mistake_of(exercise, int(number)),) if number else ()


if __name__ == "__main__":
    make_class(Path(sys.argv[1]), exercises.names(), list(students()))
