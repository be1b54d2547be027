"""How a file's process begins: its environment, and its end with an exit code."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from oracles.answers import MASKED_BCE, RIGHT, body, write

from gluon_softmax.coursework.process import Limits, handed_in
from gluon_softmax.coursework.start import ForkServers, Start, environment_of, start_plainly
from gluon_softmax.utils.errors import AnswerError


@pytest.mark.parametrize("forks", [False, True])
def test_an_exit_code_comes_back(tmp_path: Path, forks: bool) -> None:
    servers = ForkServers()
    how: Start = servers.start if forks else start_plainly
    try:
        file = write(tmp_path, "import os\nos._exit(7)\n")
        with handed_in(MASKED_BCE, file, Limits(), how=how) as answer, pytest.raises(
            AnswerError, match=r"ended the program \(exit code 7\)"
        ):
            answer.parameters()
        file = write(tmp_path, "print('said')\n" + body("return 1"))
        with handed_in(MASKED_BCE, file, Limits(), how=how) as answer:
            assert len(answer.parameters()) == 3
            assert answer(1, 2, 3) == 1
            assert answer.printed() == "said"
            assert not answer.late
    finally:
        servers.close()


def test_the_environment_of_a_file_alone_is_what_python_needs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET", "1")
    alone, beside = environment_of(Path("/work"), alone=True), environment_of(Path("/work"), alone=False)
    assert "SECRET" not in alone and beside["SECRET"] == "1"
    assert alone["HOME"] == alone["TMPDIR"] == "/work"
    assert beside["HOME"] == os.environ.get("HOME", "/work")


def test_on_another_system_files_start_plainly(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("gluon_softmax.coursework.apart.is_linux", lambda: False)
    servers = ForkServers()
    with handed_in(MASKED_BCE, write(tmp_path, RIGHT), Limits(), how=servers.start) as answer:
        assert len(answer.parameters()) == 3
    assert servers._servers == {}
