"""A student's file in a process of its own: whatever it is or does becomes a verdict of one line."""

from __future__ import annotations

import os
import threading
import time
from pathlib import Path

import numpy
import pytest
from oracles.answers import MASKED_BCE, RIGHT, WRONG, body, checked, write

from gluon_softmax.coursework import exercise as exercises
from gluon_softmax.coursework import process
from gluon_softmax.coursework.ladder import NOT_YET, PASSED, TO_DO
from gluon_softmax.coursework.process import Limits, check_file, handed_in
from gluon_softmax.utils.errors import AnswerError, ExerciseError

FORGED = """import os
for stream in range(3, 20):
    try:
        os.write(stream, {line!r})
    except OSError:
        pass
"""


@pytest.mark.parametrize("alone", [False, True])
def test_a_right_answer_passes_and_a_wrong_one_is_named(tmp_path: Path, alone: bool) -> None:
    assert checked(tmp_path, RIGHT, alone=alone).verdict.state == PASSED
    verdict = checked(tmp_path, WRONG, alone=alone).verdict
    assert (verdict.state, verdict.mistakes) == (NOT_YET, ("mean_over_length",))
    assert checked(tmp_path, MASKED_BCE.starter, alone=alone).verdict.state == TO_DO


@pytest.mark.parametrize(
    ("source", "rung", "said"),
    [
        (body("return 1 / 0"), "it runs", "line 2, `return 1 / 0`: ZeroDivisionError: division by zero"),
        (body("return nmpy.zeros(2)"), "it runs", "line 2, `return nmpy.zeros(2)`: NameError: name 'nmpy'"),
        (body("return"), "the example", "nothing (None) where an array of shape (2,) is expected"),
        (body("return 'text'"), "the example", "'text' where an array of shape (2,) is expected"),
        (body("return [[1, 2], [3]]"), "the example", "((1, 2), (3,)) where an array of shape (2,)"),
        (body("return [10 ** 400] * 2"), "the example", " where an array of shape (2,) is expected"),
        (body("return object()"), "it runs", "TypeError: a object is no number, text, array or collection"),
        (body("return pred.sum()"), "the example", "the shape is () where (2,) is expected"),
        (body("return pred"), "the example", "the shape is (2, 5) where (2,) is expected"),
        (body("return [0.935210, float('nan')]"), "the example", "at [1]: nan where 1.84621 is expected"),
        (body("return [0.93, float('inf')]"), "the example", "at [1]: inf where 1.84621 is expected"),
        (body("exit(3)"), "it runs", "line 2, `exit(3)`: SystemExit: 3"),
        (body("raise KeyboardInterrupt"), "it runs", "line 2, `raise KeyboardInterrupt`: KeyboardInterrupt"),
        (body("import os; os._exit(5)"), "it runs", "the file ended the program (exit code 5)"),
        (body("import os; os.kill(os.getpid(), 9)"), "it runs", "the file ended the program (SIGKILL)"),
        (body("return masked_bce(pred, label, mask)"), "it runs", "line 2, `return masked_bce(pred, label"),
        (body("return (1 for _ in iter(int, 1))"), "the example", "the shape is (100000,) where (2,) is"),
        ("import sys\nsys.exit()\n", "it runs", "line 2, `sys.exit()`: SystemExit"),
        ("def masked_bce(pred, label, mask)\n", "it runs", "line 1: SyntaxError: "),
        ("  x = 1\n", "it runs", "line 1: IndentationError: unexpected indent"),
        (b"\xff\xfe\x00", "it runs", "SyntaxError: "),
        (b"x = '\xe9'\n", "it runs", "SyntaxError: (unicode error) 'utf-8' codec can't decode"),
        ("x = 1\n", "it runs", "NameError: the file has no function masked_bce"),
        ("masked_bce = 3\n", "it runs", "NameError: the file has no function masked_bce"),
        ("", "it runs", "NameError: the file has no function masked_bce"),
        ("def masked_bce(pred): pass", "the signature", "the parameters are (pred) where (pred, label"),
        ("def masked_bce(a, b, c, d):\n    pass\n", "the signature", "the parameters are (a, b, c, d) where"),
        ("import nothing_there\n", "it runs", "ModuleNotFoundError: No module named 'nothing_there'"),
        (body("class E(Exception):", "    def __str__(self): raise E", "raise E"), "it runs", "`raise E`: E"),
        (body(r"raise ValueError('a\nb\033[2J')"), "it runs", "ValueError: a b [2J"),
        (body("raise ValueError('x' * 999)"), "it runs", "ValueError: xxx"),
    ],
)  # fmt: skip
def test_what_goes_wrong_is_one_line(tmp_path: Path, source: str | bytes, rung: str, said: str) -> None:
    verdict = checked(tmp_path, source).verdict
    assert (verdict.state, verdict.rung) == (NOT_YET, rung)
    assert said in verdict.why and verdict.why.isprintable() and len(verdict.why) <= 200
    assert verdict.mistakes == ()


@pytest.mark.parametrize(
    "source",
    [
        body("while True: pass"),
        body("while True:", "    try: pass", "    except BaseException: pass"),
        body("import time; time.sleep(1000)"),
        body("yield from iter(lambda: pred.sum() ** 0.5, 0)") * 0
        + body("import itertools", "max(itertools.count())"),
        "while True: pass\n",
        "import signal\nsignal.signal(signal.SIGALRM, signal.SIG_IGN)\nwhile True: pass\n",
    ],
)
def test_an_endless_loop_ends_at_its_limit(tmp_path: Path, source: str) -> None:
    begun = time.monotonic()
    verdict = checked(tmp_path, source, limit_s=0.5).verdict
    assert verdict.why == "no answer within 0.5 s: is there an endless loop?"
    assert time.monotonic() - begun < 4.0


def test_all_calls_of_a_check_share_its_limit(tmp_path: Path) -> None:
    source = "import time\n" + RIGHT.replace("    terms", "    time.sleep(0.2)\n    terms")
    assert "no answer within 0.5 s" in checked(tmp_path, source, limit_s=0.5).verdict.why


def test_memory_has_a_limit(tmp_path: Path) -> None:
    verdict = checked(tmp_path, body("return len(bytearray(3 << 30))"), memory=1 << 30).verdict
    assert verdict.why == "line 2, `return len(bytearray(3 << 30))`: MemoryError"


def test_a_value_has_a_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process, "MAX_ANSWER", 1 << 20)
    verdict = checked(tmp_path, "import numpy\n" + body("return numpy.zeros(10 ** 6)")).verdict
    assert verdict.why == "the value takes more than 1 MiB"


def test_what_is_printed_is_kept_apart_from_the_answers(tmp_path: Path) -> None:
    loud = RIGHT.replace("    terms", "    print('{\"value\": 1}')\n    terms", 1)
    verdict, printed = checked(tmp_path, f"print('read')\n{loud}import os\nos.system('echo sh')\n")
    assert verdict.state == PASSED
    assert printed.splitlines()[:2] == ["read", "sh"]
    assert set(printed.splitlines()[2:]) == {'{"value": 1}'}
    printed = checked(tmp_path, "print('x' * 10_000_000)\n" + RIGHT).printed
    assert printed == "x" * (process.MAX_PRINTED - 1)
    assert "File too large" in checked(tmp_path, "print('x' * 20_000_000)\n" + RIGHT).verdict.why


@pytest.mark.parametrize(
    "line",
    [
        b'{"value": 1}\n',
        b'{"parameters": [["a", false], ["b", false], ["c", false]]}\n',
        b'{"parameters": 1}\n{"value": 1}\n',
        b'{"parameters": [1, 2, 3]}\n',
        b'{"value": {"array": "!", "dtype": "f8", "shape": [2]}}\n',
        b'{"value": {"array": "", "dtype": "O", "shape": [2]}}\n' * 2,
        b"[1]\n",
        b"not json\n",
        b"[" * 100_000 + b"\n",
        b"\xff\n",
        b"\n",
    ],
)
@pytest.mark.parametrize("when", ["at first", "in a call"])
def test_forged_lines_are_noticed(tmp_path: Path, line: bytes, when: str) -> None:
    forged = FORGED.format(line=line)
    source = forged + RIGHT if when == "at first" else RIGHT + body(*forged.splitlines(), "return 1")
    verdict = checked(tmp_path, source, limit_s=2.0).verdict
    assert verdict.state == NOT_YET
    assert "stream" in verdict.why or verdict.rung in ("the signature", "the example")


@pytest.mark.parametrize(
    ("then", "said"),
    [
        ("while True: pass", "no answer within 1 s"),
        ("os._exit(0)", "the file ended the program (exit code 0)"),
        ("os.closerange(3, 20)\nwhile True: pass", "the file wrote into the checker's own stream"),
    ],
)
def test_a_file_that_answers_once_and_reads_no_more_questions(tmp_path: Path, then: str, said: str) -> None:
    """Also where the question is longer than a pipe holds."""
    line = b'{"parameters": [["a", false], ["b", false], ["c", false]]}\n'
    write(tmp_path, FORGED.format(line=line) + then)
    file = tmp_path / "masked_bce.py"
    with handed_in(MASKED_BCE, file, Limits(limit_s=1.0)) as answer, pytest.raises(AnswerError) as caught:
        answer.parameters()
        answer(numpy.zeros(100_000))
    assert said in str(caught.value)


def test_a_missing_file_a_folder_and_a_pipe_are_named(tmp_path: Path) -> None:
    def why(file: Path) -> str:
        verdict = check_file(MASKED_BCE, file, Limits()).verdict
        assert (verdict.state, verdict.rung) == (NOT_YET, "the file")
        return verdict.why

    assert why(tmp_path / "nothing.py") == "nothing.py does not exist"
    assert why(tmp_path) == f"{tmp_path.name} is a folder"
    os.mkfifo(tmp_path / "pipe.py")
    assert why(tmp_path / "pipe.py") == "pipe.py is no ordinary file"
    (tmp_path / "link.py").symlink_to(tmp_path / "nothing.py")
    assert why(tmp_path / "link.py") == "link.py does not exist"


def test_a_file_beside_it_is_neither_in_the_way_nor_there(tmp_path: Path) -> None:
    for name in ("json", "numpy", "random", "helper"):
        (tmp_path / f"{name}.py").write_text("raise SystemExit\n")
    assert checked(tmp_path, RIGHT).verdict.state == PASSED
    why = checked(tmp_path, "import helper\n" + RIGHT).verdict.why
    assert why.endswith("No module named 'helper'; each file is checked without its neighbours")


def test_a_file_works_in_its_own_folder_and_reads_what_is_there(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("1")
    assert checked(tmp_path, "open('notes.txt').read()\n" + RIGHT).verdict.state == PASSED
    assert "FileNotFoundError" in checked(tmp_path, "open('notes.txt')\n" + RIGHT, alone=True).verdict.why


def test_a_byte_order_mark_and_a_dataclass_are_no_mistake(tmp_path: Path) -> None:
    head = "from __future__ import annotations\nimport dataclasses\n"
    source = f"{head}@dataclasses.dataclass\nclass A:\n    b: int\n{RIGHT}"
    assert checked(tmp_path, b"\xef\xbb\xbf" + source.encode()).verdict.state == PASSED


def test_no_process_stays_behind(tmp_path: Path) -> None:
    head = "import subprocess\nchild = subprocess.Popen(['sleep', '1000'])\n"
    assert checked(tmp_path, f"{head}open('pid', 'w').write(str(child.pid))\n{RIGHT}").verdict.state == PASSED
    stat = Path("/proc") / (tmp_path / "pid").read_text() / "stat"
    deadline = time.monotonic() + 2.0
    while stat.exists() and " Z " not in stat.read_text() and time.monotonic() < deadline:
        time.sleep(0.01)
    assert not stat.exists() or " Z " in stat.read_text()


def test_a_check_that_is_stopped_ends_its_process_at_once(tmp_path: Path) -> None:
    stop = threading.Event()
    threading.Timer(1.0, stop.set).start()
    begun = time.monotonic()
    file = write(tmp_path, body("while True: pass"))
    verdict = check_file(MASKED_BCE, file, Limits(limit_s=30.0), stop=stop).verdict
    assert verdict.why == "the check was stopped"
    assert time.monotonic() - begun < 5.0


def test_a_checker_that_cannot_start_says_so(tmp_path: Path) -> None:
    exercise = exercises.Loaded(**{**MASKED_BCE._asdict(), "folder": tmp_path / "nothing"})
    said = "the check of masked_bce cannot start: FileNotFoundError"
    with handed_in(exercise, write(tmp_path, RIGHT), Limits()) as answer, pytest.raises(
        ExerciseError, match=said
    ):
        answer.parameters()
