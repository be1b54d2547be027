"""Damaged and wrong files: each with the command that meets it, and what the error must say."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path
from typing import Any, Callable

from oracles.bad_commands import BEGIN, REPLACE, BadCommand

DEEP = "[" * 100_000
NOT_UTF8 = b"\xff\xfe\x00the\n"


def _write(name: str, content: str | bytes) -> Callable[[Path], None]:
    def prepare(here: Path) -> None:
        (here / name).write_bytes(content if isinstance(content, bytes) else content.encode())

    return prepare


def _option(name: str, value: object) -> Callable[[Path], None]:
    """config.json with another value of an option; `name` "" is all of the options."""

    def prepare(here: Path) -> None:
        path = here / "run" / "config.json"
        config: dict[str, Any] = json.loads(path.read_text("utf-8"))
        if name:
            config["options"][name] = value
        else:
            config["options"] = value
        path.write_text(json.dumps(config), "utf-8")

    return prepare


def _digits(name: str, text: str) -> Callable[[Path], None]:
    def prepare(here: Path) -> None:
        _option(name, "PLACE")(here)
        path = here / "run" / "config.json"
        path.write_text(path.read_text("utf-8").replace('"PLACE"', text), "utf-8")

    return prepare


def _loop(here: Path) -> None:
    shutil.rmtree(here / "corpus")
    os.symlink(here / "corpus", here / "corpus")


def _configs() -> list[BadCommand]:
    contents: dict[str, str | bytes] = {
        "Expecting value": "",
        "its brackets are nested too deeply": DEEP,
        "it takes an object; got None": "null",
        "it takes an object; got []": "[]",
        "'utf-8' codec can't decode byte 0xff": NOT_UTF8,
        "options takes an object; got []": '{"options": [], "corpus": {}}',
        "options takes corpus, model, softmax and more; got no corpus": '{"options": {}}',
    }
    values: tuple[tuple[str, object, str], ...] = (
        ("", [], "options takes an object; got []"),
        ("", None, "options takes an object; got None"),
        ("model", None, "model takes a string; got None"),
        ("model", 3, "model takes a string; got 3"),
        ("softmax", ["full"], "softmax takes a string; got ['full']"),
        ("lr", "x", "lr takes a number; got 'x'"),
        ("lr", float("nan"), "JSON has no NaN"),
        ("lr", True, "lr takes a number; got True"),
        ("lr", None, "lr takes a number; got None"),
        ("embed_size", "abc", "embed_size takes an integer; got 'abc'"),
        ("embed_size", 1e300, "embed_size takes an integer; got 1e+300"),
        ("embed_size", True, "embed_size takes an integer; got True"),
        ("embed_size", 2**70, "embed_size takes an integer of at most"),
        ("seed", 1.5, "seed takes an integer; got 1.5"),
        ("sparse_grad", 1, "sparse_grad takes True or False; got 1"),
        ("corpus", ["a"], "corpus takes a string; got ['a']"),
        ("corpus", "\0", "corpus takes a path; got"),
        ("device", 0, "device takes a string; got 0"),
        ("batches", "rows", "batches takes one of pairs, book, blocks"),
        ("nothing", 3, "nothing is no option of this kind of run"),
        ("bptt", 3, "bptt is no option of this kind of run"),
    )
    rows = [
        ("similar {run} chip", said, _write("run/config.json", content)) for said, content in contents.items()
    ]
    rows += [("evaluate {run}", said, _option(name, value)) for name, value, said in values]
    rows += [
        ("train --out {run} --resume", "lr takes a finite number, got", _digits("lr", "1" + "0" * 400)),
        ("train --out {run} --resume", "lr takes a finite number, got inf", _digits("lr", "1e400")),
        ("similar {run} chip", "lr takes a finite number, got inf", _digits("lr", "1e400")),
    ]
    return [
        BadCommand(command, f"config.json is damaged: {said}", prepare) for command, said, prepare in rows
    ]


def _files() -> list[BadCommand]:
    resume = "train --out {run} --resume --num-epochs 3 --quiet"
    rows: list[tuple[str, str, Callable[[Path], None]]] = [
        (BEGIN, "a loop of links", _loop),
        (BEGIN, "takes UTF-8 text, got byte 0xff", _write("corpus/train.txt", NOT_UTF8)),
        (REPLACE, "takes UTF-8 text, got byte 0xff", _write("corpus/valid.txt", NOT_UTF8)),
        (REPLACE, "takes UTF-8 text, got byte 0xff", _write("corpus/test.txt", NOT_UTF8)),
        (REPLACE, "test.txt has none", _write("corpus/test.txt", "")),
        (REPLACE + " --model lm", "no option", _write("corpus/test.txt", "")),
        (
            resume,
            "metrics.jsonl, line 1, is damaged: it takes an object; got []",
            _write("run/metrics.jsonl", "[]\n"),
        ),
        (
            resume,
            "metrics.jsonl, line 2, is damaged: it takes an object; got 3",
            _write("run/metrics.jsonl", '{"epoch": 1}\n3\n'),
        ),
        (
            resume,
            "line 1, is damaged: epoch takes an integer of at least 1, got None",
            _write("run/metrics.jsonl", "{}\n"),
        ),
        (resume, "line 1, is damaged: its brackets are nested too deeply", _write("run/metrics.jsonl", DEEP)),
        (resume, "line 1, is damaged: ", _write("run/metrics.jsonl", NOT_UTF8)),
        ("similar {run} chip", "line 1: takes a header", _write("run/vectors.txt", "")),
        ("similar {run} chip", "line 1: takes a header", _write("run/vectors.txt", NOT_UTF8)),
    ]
    return [BadCommand(command, said, prepare) for command, said, prepare in rows]


BAD_FILES: list[BadCommand] = [*_configs(), *_files()]
