"""The process's own side: what a file defines, its parameters, and an error's own line."""

from __future__ import annotations

from pathlib import Path
from typing import Callable

import pytest

from gluon_softmax.coursework.student import answered, in_short, load_source, own_line, parameters


def fails(tmp_path: Path, source: str) -> str:
    """How an error of a file is shown."""
    path = tmp_path / "masked.py"
    path.write_text(source)
    try:
        function = load_source(path)["f"]
        assert callable(function)
        function()
    except BaseException as error:
        return own_line(error, str(path))
    raise AssertionError("it did not fail")


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("def f():\n    x = 1\n    return x / 0\n", "line 3, `return x / 0`: ZeroDivisionError: division"),
        ("def g():\n    raise ValueError\ndef f():\n    g()\n", "line 2, `raise ValueError`: ValueError"),
        ("import json\ndef f():\n    json.loads('[')\n", "line 3, `json.loads('[')`: JSONDecodeError: "),
        ("def f(:\n", "line 1: SyntaxError: "),
        ("def f():\n    compile('(', 'a', 'exec')\n", "line 2, `compile('(', 'a', 'exec')`: SyntaxError: "),
        ("def f():\n    exit()\n", "line 2, `exit()`: SystemExit"),
        ("raise KeyError('a')\n", "line 1, `raise KeyError('a')`: KeyError: 'a'"),
    ],
)  # fmt: skip
def test_the_own_line_and_message(tmp_path: Path, source: str, said: str) -> None:
    assert fails(tmp_path, source).startswith(said)


def test_an_error_from_elsewhere_has_no_line() -> None:
    assert own_line(ValueError("why"), "nowhere.py") == "ValueError: why"


def test_a_text_is_one_short_line_that_moves_no_cursor() -> None:
    assert in_short("a\n  b\t\x1b[2Jc\r") == "a b [2Jc"
    assert in_short("x" * 201) == "x" * 197 + "..."
    assert in_short("x" * 200) == "x" * 200


class Taken:
    def __init__(self, a: int, b: int = 1) -> None:
        pass


@pytest.mark.parametrize(
    ("function", "names"),
    [
        (lambda _a, _b=1: 0, [("_a", False), ("_b", True)]),
        (lambda *, _a: 0, []),
        (lambda _a, *_rest, **_named: 0, [("_a", False), ("*", True)]),
        (Taken, [("a", False), ("b", True)]),
    ],
)
def test_parameters(function: Callable[..., object], names: list[tuple[str, bool]]) -> None:
    assert parameters(function) == names


def test_what_a_call_gives_is_a_value_to_do_or_an_error() -> None:
    def raises(error: BaseException) -> Callable[[], dict[str, object]]:
        def work() -> dict[str, object]:
            raise error

        return work

    assert answered(lambda: {"value": 1}, "") == {"value": 1}
    assert answered(raises(NotImplementedError()), "") == {"to_do": True}
    assert answered(raises(SystemExit(2)), "") == {"error": "SystemExit: 2"}
    assert answered(raises(KeyboardInterrupt()), "") == {"error": "KeyboardInterrupt"}


def test_a_file_sees_its_own_name_and_path(tmp_path: Path) -> None:
    path = tmp_path / "some_answer.py"
    path.write_text("seen = __name__, __file__\n")
    assert load_source(path)["seen"] == ("some_answer", str(path))
