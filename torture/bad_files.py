"""Files that no run can be taken from or trained on: each with the command that meets it."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from pathlib import Path
from typing import Callable, NamedTuple

from .bad_commands import TRAIN

_DEEP = "[" * 100_000
_NOT_UTF8 = b"\xff\xfe\x00w1 w2\n"


class BadFile(NamedTuple):
    """``prepare(here)`` makes the file bad, below the folder that holds run/, lm/ and corpus/."""

    name: str
    command: str
    prepare: Callable[[Path], None]


def _write(name: str, content: str | bytes) -> Callable[[Path], None]:
    def prepare(here: Path) -> None:
        (here / name).write_bytes(content if isinstance(content, bytes) else content.encode())

    return prepare


def _folder(name: str) -> Callable[[Path], None]:
    def prepare(here: Path) -> None:
        (here / name).unlink()
        (here / name).mkdir()

    return prepare


def _remove(name: str) -> Callable[[Path], None]:
    return lambda here: (here / name).unlink()


def _option(name: str, value: object) -> Callable[[Path], None]:
    """config.json with another value of an option; `name` "" is all of the options."""

    def prepare(here: Path) -> None:
        path = here / "run" / "config.json"
        config = json.loads(path.read_text("utf-8"))
        if name:
            config["options"][name] = value
        else:
            config["options"] = value
        path.write_text(json.dumps(config), "utf-8")

    return prepare


def _digits(here: Path) -> None:
    path = here / "run" / "config.json"
    text = path.read_text("utf-8").replace('"lr": 0.005', f'"lr": 1{"0" * 400}')
    path.write_text(text, "utf-8")


def _index(change: Callable[[dict[str, object]], object]) -> Callable[[Path], None]:
    """checkpoint.json changed and signed again, as the only one there is."""

    def prepare(here: Path) -> None:
        folder = here / "run" / "checkpoint"
        for older in folder.glob("checkpoint.*.json"):
            older.unlink()
        index = json.loads((folder / "checkpoint.json").read_text("utf-8"))
        del index["sha256"]
        changed = change(index)
        if isinstance(changed, dict):
            changed["sha256"] = hashlib.sha256(json.dumps(changed, sort_keys=True).encode()).hexdigest()
        (folder / "checkpoint.json").write_text(json.dumps(changed), "utf-8")

    return prepare


def _elsewhere(index: dict[str, object]) -> object:
    files = index["files"]
    assert isinstance(files, dict)
    content = b"a file of somebody else"
    files["parameters"] = {"name": "../victim.txt", "sha256": hashlib.sha256(content).hexdigest()}
    return index


def _victim(here: Path) -> None:
    (here / "run" / "victim.txt").write_bytes(b"a file of somebody else")
    _index(_elsewhere)(here)


def _plain_index(content: str) -> Callable[[Path], None]:
    def prepare(here: Path) -> None:
        _index(lambda index: index)(here)
        (here / "run" / "checkpoint" / "checkpoint.json").write_text(content)

    return prepare


def _loop(here: Path) -> None:
    shutil.rmtree(here / "corpus")
    os.symlink(here / "corpus", here / "corpus")


def _pipe(here: Path) -> None:
    (here / "corpus" / "valid.txt").unlink()
    os.mkfifo(here / "corpus" / "valid.txt")


_BEGIN = f"{TRAIN} --out {{here}}/out"
_REPLACE = f"{TRAIN} --out {{run}} --overwrite"
_LM = f"{_BEGIN} --model lm --batch-size 4"
_EVALUATE, _SIMILAR, _RESUME = "evaluate {run}", "similar {run} w1", "train --out {run} --resume --quiet"


def _configs() -> list[BadFile]:
    contents: dict[str, str | bytes] = {
        "empty": "",
        "100,000 [": _DEEP,
        "null": "null",
        "[]": "[]",
        "a number": "3",
        "not UTF-8": _NOT_UTF8,
        "only options": '{"options": {}}',
        "zeros": bytes(500),
    }
    found = [
        BadFile(f"config.json: {name}", command, _write("run/config.json", content))
        for name, content in contents.items()
        for command in ((_SIMILAR, _RESUME) if name == "100,000 [" else (_SIMILAR,))
    ]
    values: tuple[tuple[str, object], ...] = (
        ("", []),
        ("", None),
        ("model", None),
        ("model", 3),
        ("softmax", ["full"]),
        ("lr", float("nan")),
        ("lr", "x"),
        ("embed_size", "abc"),
        ("embed_size", 1e300),
        ("embed_size", True),
        ("embed_size", 13),
        ("corpus", ["a"]),
        ("corpus", 5),
        ("corpus", "\ud800"),
        ("corpus", "a\0b"),
        ("num_epochs", -1),
        ("num_epochs", 2.5),
        ("device", 5),
        ("batch_size", "many"),
        ("nothing", 1),
        ("min_freq", None),
        ("seed", "x"),
    )
    found += [BadFile(f"config.json: {n or 'options'} {v!r}", _RESUME, _option(n, v)) for n, v in values]
    found += [BadFile(f"config.json: {n or 'options'} {v!r}", _SIMILAR, _option(n, v)) for n, v in values[:3]]
    return [
        *found,
        BadFile("config.json: lr of 401 digits", _RESUME, _digits),
        BadFile("config.json is a folder", _SIMILAR, _folder("run/config.json")),
        BadFile("config.json is gone", _SIMILAR, _remove("run/config.json")),
    ]


def _checkpoints() -> list[BadFile]:
    texts = {"empty": "", "100,000 [": _DEEP, "{}": "{}", "null": "null", "a number": "7", "a text": '"x"'}
    found = [BadFile(f"checkpoint.json: {n}", _EVALUATE, _plain_index(t)) for n, t in texts.items()]
    changes: dict[str, Callable[[dict[str, object]], object]] = {
        "no files": lambda index: {**index, "files": None},
        "files a list": lambda index: {**index, "files": ["parameters"]},
        "no history": lambda index: {k: v for k, v in index.items() if k != "history"},
        "history a text": lambda index: {**index, "history": "x"},
        "history of numbers": lambda index: {**index, "history": [1, 2]},
        "epoch below 0": lambda index: {**index, "epoch": -1},
        "epoch a text": lambda index: {**index, "epoch": "two"},
        "another optimizer": lambda index: {**index, "optimizer": "LBFGS"},
    }
    found += [
        BadFile(f"checkpoint.json: {name}", _RESUME, _index(change)) for name, change in changes.items()
    ]
    found.append(BadFile("checkpoint.json names a file elsewhere", _RESUME, _victim))
    return found


def _texts() -> list[BadFile]:
    vectors: dict[str, str | bytes] = {
        "empty": "",
        "header alone": "3 8\n",
        "no header": "w1 1 2 3\n",
        "NaN": "1 8\nw1 nan 0 0 0 0 0 0 0\n",
        "1e999": "1 8\nw1 1e999 0 0 0 0 0 0 0\n",
        "not UTF-8": b"1 8\n\xff\xfe 0 0 0 0 0 0 0 0\n",
        "99,999,999,999 words": "99999999999 8\nw1 0 0 0 0 0 0 0 0\n",
        "10^30 numbers": f"1 {10**30}\nw1 0 0\n",
        "a header of 5,000 digits": f"{'9' * 5000} 8\nw1 0 0 0 0 0 0 0 0\n",
        "a word twice": "2 8\nw1 0 0 0 0 0 0 0 0\nw1 0 0 0 0 0 0 0 1\n",
        "1_0 for a number": "1 8\nw1 1_0 0 0 0 0 0 0 0\n",
    }
    found = [BadFile(f"vectors.txt: {n}", _SIMILAR, _write("run/vectors.txt", c)) for n, c in vectors.items()]
    command = f"{_BEGIN} --vectors {{here}}/v.txt"
    found += [BadFile(f"--vectors: {n}", command, _write("v.txt", c)) for n, c in vectors.items()]
    found += [
        BadFile("vectors.txt is a folder", _SIMILAR, _folder("run/vectors.txt")),
        BadFile("--vectors of another width", command, _write("v.txt", "1 3\nw1 1 2 3\n")),
        BadFile("--vectors with --overwrite", f"{_REPLACE} --vectors {{here}}/v.txt", _write("v.txt", "x")),
    ]
    for split in ("train", "valid", "test"):
        name = f"corpus/{split}.txt"
        for command in (_BEGIN, _LM):
            found.append(BadFile(f"{split}.txt not UTF-8", command, _write(name, _NOT_UTF8)))
            found.append(BadFile(f"{split}.txt empty", command, _write(name, "")))
        found.append(BadFile(f"{split}.txt is gone", _BEGIN, _remove(name)))
        found.append(BadFile(f"{split}.txt is a folder", _BEGIN, _folder(name)))
        found.append(BadFile(f"{split}.txt not UTF-8 with --overwrite", _REPLACE, _write(name, _NOT_UTF8)))
    return [
        *found,
        BadFile("train.txt of blank lines", _BEGIN, _write("corpus/train.txt", " \n\t\n\n")),
        BadFile("train.txt of <unk> alone", _BEGIN, _write("corpus/train.txt", "<unk> <unk>\n" * 9)),
        BadFile("train.txt of one word a line", _BEGIN, _write("corpus/train.txt", "a\nb\nc\n" * 9)),
        BadFile("a corpus that is a loop of links", _BEGIN, _loop),
        BadFile("valid.txt is a pipe", _BEGIN, _pipe),
    ]


def bad_files() -> list[BadFile]:
    """All of them."""
    return [*_configs(), *_checkpoints(), *_texts()]
