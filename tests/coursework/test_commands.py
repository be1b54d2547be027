"""What the commands print and leave behind, from the first starter to the solution."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Callable, Iterator

import pytest
from oracles.answers import MASKED_BCE, RIGHT, WRONG, body
from oracles.small_runs import Call, check_error
from oracles.work import begin

from gluon_softmax.coursework import commands
from gluon_softmax.coursework.exercise import names

ROOT = Path(__file__).resolve().parents[2]


def states(out: str) -> list[str]:
    """The states in a check's lines, in their order."""
    return [line[:8].strip() for line in out.splitlines() if line[8:10] == "  " and line[0] != " "]


def test_the_way_of_one_exercise(tmp_path: Path, call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    status, out, err = call("exercise", "start", "work", "masked_bce")
    assert (status, err) == (0, "")
    assert out.splitlines() == [
        "work: 1 starter written",
        "Begin with masked_bce (code, 20 minutes): open work/masked_bce.py, then",
        "  gluon-softmax exercise check work masked_bce",
        "  gluon-softmax exercise hint masked_bce --work work",
    ]
    status, out, err = call("exercise", "check", "work", "masked_bce")
    assert (status, err) == (1, "")
    assert out.splitlines() == [
        f"Checking {tmp_path}/work",
        "to do     masked_bce(pred, label, mask): the loss of each example",
        "`gluon-softmax exercise hint masked_bce --work work` gives a hint.",
    ]
    Path("work/masked_bce.py").write_text(f"print('seen')\n{WRONG}")
    status, out, err = call("exercise", "check", "work", "masked_bce")
    lines = out.splitlines()
    assert (status, err) == (1, "") and lines[1:3] == ["It printed:", "  seen"]
    assert lines[3].startswith("not yet   masked_bce: the example: at [0]: 0.748168 where 0.93521 is")
    assert lines[4].startswith("          The sum was divided by the row's length, padding included")
    assert all(len(line) <= 120 for line in lines)
    status, out, err = call("exercise", "solution", "masked_bce", "--work", "work")
    assert (status, err) == (1, "") and out.endswith("The solution is shown once yours has passed.\n")
    assert "logaddexp" not in out
    Path("work/masked_bce.py").write_text(RIGHT)
    status, out, err = call("exercise", "check", "work", "masked_bce")
    assert (status, err) == (0, "")
    first = names()[0]
    assert out.splitlines()[1] == "passed    masked_bce: The masked binary cross-entropy"
    assert out.splitlines()[2].startswith(f"Next: {first} (")
    assert out.splitlines()[2].endswith(f"`gluon-softmax exercise start work {first}` writes its starter")
    status, out, err = call("exercise", "solution", "masked_bce", "--work", "work")
    assert (status, err, out) == (0, "", (MASKED_BCE.folder / "solution.py").read_text())


def test_a_pass_of_yesterday_does_not_show_the_solution(tmp_path: Path, call: Call) -> None:
    work = begin(tmp_path)
    (work / "masked_bce.py").write_text(RIGHT)
    assert call("exercise", "check", work)[0] == 0
    (work / "masked_bce.py").write_text(WRONG)
    assert call("exercise", "solution", "masked_bce", "--work", work)[0] == 1


def test_start_never_overwrites(tmp_path: Path, call: Call) -> None:
    work = begin(tmp_path)
    (work / "masked_bce.py").write_text("mine")
    (work / "README.md").write_text("mine too")
    status, out, _ = call("exercise", "start", work)
    assert status == 0
    number = len(names())
    assert f"{work}: {number - 1} starters written; 1 that was there stays as it is" in out
    assert (work / "masked_bce.py").read_text() == "mine" and (work / "README.md").read_text() == "mine too"
    out = call("exercise", "start", work)[1]
    assert f"0 starters written; {number} that were there stay as they are" in out


def test_check_of_several_is_in_the_courses_order_with_a_bar(tmp_path: Path, call: Call) -> None:
    work = begin(tmp_path, "path_loss", "masked_bce", "keep_probability")
    (work / "masked_bce.py").write_text(RIGHT)
    (work / "path_loss.py").write_text("def path_loss(\n")
    status, out, err = call("exercise", "check", work)
    assert (status, err) == (1, "")
    lines = out.splitlines()
    assert lines[:3] == [f"Checking {work}", "", "Negative sampling"]
    assert states(out) == ["to do", "passed", "not yet"]
    assert "[##########..........] 1 of 2 passed" in lines and "[....................] 0 of 1 passed" in lines
    where = f"{work}/keep_probability.py"
    assert lines[-2:] == ["1 of 3 passed", f"Next: keep_probability (code, 20 minutes): {where}"]
    status, out, _ = call("exercise", "check", work, "masked_bce", "keep_probability")
    assert status == 1 and "path_loss" not in out


def test_a_chapter_that_the_course_comes_back_to_is_shown_once(tmp_path: Path, call: Call) -> None:
    work = begin(tmp_path, "accidental_hits", "best_cutoffs", "perplexity")
    out = call("exercise", "check", work)[1]
    places = [out.index(f"  {name}(") for name in ("accidental_hits", "perplexity", "best_cutoffs")]
    assert places == sorted(places)
    assert out.count("Sampled softmax") == 1 and "0 of 2 passed" in out and "0 of 3 passed" in out


def test_check_as_json(tmp_path: Path, call: Call) -> None:
    work = begin(tmp_path)
    (work / "masked_bce.py").write_text(WRONG)
    status, out, err = call("exercise", "check", work, "--json", "--seed", "7")
    found = json.loads(out)
    assert (status, err) == (1, "")
    assert (found["work"], found["seed"], found["passed"], found["number"]) == (str(work), 7, 0, 1)
    [one] = found["exercises"]
    assert (one["name"], one["state"], one["rung"]) == ("masked_bce", "not yet", "the example")
    [mistake] = one["mistakes"]
    assert mistake["name"] == "mean_over_length" and mistake["says"] and mistake["section"]


def test_the_seed_changes_the_inputs(tmp_path: Path, call: Call) -> None:
    work = begin(tmp_path)
    head = "\nright = masked_bce\n"
    source = RIGHT + head + body("print(pred[0, 0])", "return right(pred, label, mask)")
    (work / "masked_bce.py").write_text(source)
    seeds = ((), (), ("--seed", "1"))
    printed = [call("exercise", "check", work, "masked_bce", *seed)[1] for seed in seeds]
    assert printed[0] == printed[1] and "passed" in printed[2]
    assert printed[2].splitlines()[0] == f"Checking {work}, seed 1"
    assert printed[0].splitlines()[1:] != printed[2].splitlines()[1:]


def into_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda path: path.unlink(), "the file: masked_bce.py does not exist"),
        (into_folder, "the file: masked_bce.py is a folder"),
        (lambda path: path.write_bytes(b"x = '\xff'"), "it runs: "),
        (lambda path: path.write_text("def f(:"), "it runs: line 1: SyntaxError: "),
    ],
)
def test_a_file_that_is_none_is_one_line(
    tmp_path: Path, call: Call, change: Callable[[Path], object], said: str
) -> None:
    work = begin(tmp_path)
    change(work / "masked_bce.py")
    status, out, err = call("exercise", "check", work)
    assert (status, err) == (1, "") and f"not yet   masked_bce: {said}" in out


def test_hints_come_step_by_step_and_do_not_vanish(tmp_path: Path, call: Call) -> None:
    work = begin(tmp_path)
    hints = MASKED_BCE.about.hints
    for number in range(1, len(hints) + 2):
        shown = min(number, len(hints))
        out = call("exercise", "hint", "masked_bce", "--work", work)[1]
        assert out.count("Hint ") == shown and f"Hint {shown} of {len(hints)}: " in out
        assert ("These are all." in out) == (shown == len(hints))
    (work / "masked_bce.py").write_text(RIGHT)
    assert call("exercise", "check", work)[0] == 0
    assert call("exercise", "hint", "masked_bce", "--work", work)[1].count("Hint ") == len(hints)
    assert call("exercise", "show", "masked_bce", "--work", work)[1].count("Hint ") == len(hints)


def test_show_has_the_whole_text_from_any_folder(
    tmp_path: Path, call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    status, out, err = call("exercise", "show", "masked_bce")
    about = MASKED_BCE.about
    assert (status, err) == (0, "") and "Hint" not in out
    for text in (about.title, about.hand_in, about.right_when, about.section, about.source, "20 min", ">>> "):
        assert text in out
    assert "    pred = [[ 1.1 -2.2  3.3 -4.4  2.5]" in out and "    value = [0.93521  1.846209]" in out
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", names())
def test_every_text_can_be_shown(
    name: str, call: Call, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    status, out, err = call("exercise", "show", name)
    assert (status, err) == (0, "") and out.startswith(f"{name}: ")
    assert all(len(line) <= 120 for line in out.splitlines())


def test_reset_loses_nothing(tmp_path: Path, call: Call) -> None:
    work = begin(tmp_path)
    file = work / "masked_bce.py"
    assert "is the starter as it was" in call("exercise", "reset", "masked_bce", "--work", work)[1]
    for number, name in enumerate(("masked_bce.py.bak", "masked_bce.py.bak2", "masked_bce.py.bak3")):
        file.write_text(f"try {number}")
        status, out, _ = call("exercise", "reset", "masked_bce", "--work", work)
        assert (status, out) == (0, f"{file} is the starter again; what it was is in {work / name}\n")
        assert (work / name).read_text() == f"try {number}" and file.read_text() == MASKED_BCE.starter
    file.unlink()
    assert call("exercise", "reset", "masked_bce", "--work", work)[1] == f"{file} is the starter again\n"
    assert file.read_text() == MASKED_BCE.starter


def test_list_has_every_exercise_by_chapter_and_what_passed(tmp_path: Path, call: Call) -> None:
    work = begin(tmp_path)
    out = call("exercise", "list", tmp_path)[1]
    assert [name for name in names() if f"  {name} " in out] == names()
    assert "`gluon-softmax exercise start work`" in out and "passed" not in out
    (work / "masked_bce.py").write_text(RIGHT)
    call("exercise", "check", work)
    out = call("exercise", "list", work)[1]
    [line] = [line for line in out.splitlines() if line.startswith("passed")]
    assert "masked_bce" in line and time.strftime("%Y-") in line
    assert "1 of " in out and "exercise start" not in out
    found = json.loads(call("exercise", "list", work, "--json")[1])["exercises"]
    assert [row["name"] for row in found] == names()
    assert [row["name"] for row in found if row["passed"]] == ["masked_bce"]


def test_watch_checks_again_at_a_save_and_ends_when_all_passed(
    tmp_path: Path, call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    work = begin(tmp_path, "masked_bce", "keep_probability")
    other = (MASKED_BCE.folder.parent / "keep_probability" / "solution.py").read_text()
    saves = [("masked_bce", WRONG), ("masked_bce", RIGHT), ("keep_probability", other)]

    def saved(_: object) -> Iterator[list[str]]:
        for name, text in saves:
            (work / f"{name}.py").write_text(text)
            yield [name]

    monkeypatch.setattr(commands, "saved", saved)
    status, out, _ = call("exercise", "check", work, "--watch")
    assert status == 0
    assert states(out) == ["to do", "to do", "not yet", "passed", "passed"]
    assert "2 open; watching" in out and "1 open; watching" in out and "0 open" not in out


def test_watch_ends_at_an_interrupt(tmp_path: Path, call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    def saved(_: object) -> Iterator[list[str]]:
        raise KeyboardInterrupt
        yield

    monkeypatch.setattr(commands, "saved", saved)
    status, out, err = call("exercise", "check", begin(tmp_path), "--watch")
    assert (status, err) == (1, "") and "Ctrl-C ends it" in out


def test_an_interrupt_ends_the_processes(tmp_path: Path) -> None:
    both = ("masked_bce", "path_loss")
    work = begin(tmp_path, *both)
    for name in both:
        source = f"import os\nopen({name!r}, 'w').write(str(os.getpid()))\nwhile True: pass\n"
        (work / f"{name}.py").write_text(source)
    command = [sys.executable, "-m", "gluon_softmax", "exercise", "check", str(work)]
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    pipe = subprocess.PIPE
    with subprocess.Popen(command, env=env, stdout=pipe, stderr=pipe, text=True) as process:
        deadline = time.monotonic() + 30.0
        while not all((work / name).exists() and (work / name).read_text() for name in both):
            assert time.monotonic() < deadline
            time.sleep(0.02)
        begun = time.monotonic()
        process.send_signal(signal.SIGINT)
        out, err = process.communicate()
    assert process.returncode == 130 and time.monotonic() - begun < 5.0
    assert err == "\ngluon-softmax: interrupted\n" and "not yet" not in out
    for name in both:
        assert not Path("/proc", (work / name).read_text()).exists()


def test_damaged_progress_is_one_line(tmp_path: Path, call: Call) -> None:
    work = begin(tmp_path)
    (work / ".progress.json").write_text("{")
    said = f"{work}/.progress.json is damaged: "
    check_error(call("exercise", "check", work), said, "progress begins anew")
