"""The cache beside a large file: it answers as the file does, and counts only while it is whole and fresh."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Callable

import numpy
import pytest

from gluon_softmax.models import vector_cache
from gluon_softmax.models.vectors import WordVectors


@pytest.fixture
def path(tmp_path: Path, random_vectors: WordVectors, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A file that has been read once, so its cache is there."""
    monkeypatch.setattr(vector_cache, "MIN_BYTES", 0)
    tokens = [*random_vectors.tokens, "zero"]
    matrix = numpy.concatenate([random_vectors.matrix, numpy.zeros((1, 7), numpy.float32)])
    WordVectors(tokens, matrix).save(tmp_path / "vectors.txt")
    WordVectors.load(tmp_path / "vectors.txt", cache=True)
    assert sorted(os.listdir(tmp_path)) == [
        "vectors.txt",
        "vectors.txt.npy",
        "vectors.txt.unit.npy",
        "vectors.txt.words.json",
    ]
    return tmp_path / "vectors.txt"


def test_it_answers_as_the_file_does(path: Path) -> None:
    plain, cached = WordVectors.load(path), WordVectors.load(path, cache=True)
    assert vector_cache.read_cache(path) is not None
    assert cached.tokens == plain.tokens
    assert (cached.matrix.view(numpy.uint32) == plain.matrix.view(numpy.uint32)).all()
    assert cached.most_similar("chip", 60) == plain.most_similar("chip", 60)
    assert cached.most_similar("chip", 60)[-1] == ("zero", 0.0)
    assert cached.analogy("word1", "word2", "word3") == plain.analogy("word1", "word2", "word3")
    assert "chip" in cached and cached["chip"].tolist() == plain["chip"].tolist()
    with pytest.raises(KeyError, match="nearest spellings: chip"):
        cached.most_similar("chop")
    with pytest.raises(ValueError, match="read-only"):
        cached["chip"][0] = 1


def _touch(path: Path) -> None:
    os.utime(path, ns=(1, 1))


def _change_a_byte(path: Path) -> None:
    """Of the same size and time: nothing but the content tells."""
    status, content = path.stat(), bytearray(path.read_bytes())
    content[-20] ^= 1
    path.write_bytes(content)
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))


def _cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-8])


def _grow(path: Path) -> None:
    path.write_bytes(path.read_bytes() + b" ")


def _other_words(path: Path) -> None:
    found = json.loads(path.read_text())
    found["tokens"][3] = "another"
    path.write_text(json.dumps(found))


def test_a_file_that_was_only_touched_or_copied_keeps_its_cache(path: Path) -> None:
    _touch(path)
    assert vector_cache.read_cache(path) is not None


@pytest.mark.parametrize(
    "end, change",
    [
        ("", _grow),
        (".npy", _change_a_byte),
        (".unit.npy", _change_a_byte),
        (".npy", _cut),
        (".unit.npy", os.unlink),
        (".words.json", _cut),
        (".words.json", _other_words),
        (".words.json", lambda path: path.write_text("[]")),
        (".words.json", lambda path: path.write_text('{"file": 3}')),
        (".words.json", lambda path: path.write_bytes(b"\xff")),
        (".words.json", lambda path: path.write_text("[" * 100_000)),
        (".npy", lambda path: path.write_bytes(b"")),
    ],
)
def test_what_is_stale_or_damaged_is_passed_over_and_made_anew(
    path: Path, end: str, change: Callable[[Path], None]
) -> None:
    expected = WordVectors.load(path).most_similar("chip", 60)
    change(Path(f"{path}{end}"))
    assert vector_cache.read_cache(path) is None
    assert WordVectors.load(path, cache=True).most_similar("chip", 60) == expected
    assert vector_cache.read_cache(path) is not None


def test_another_text_of_the_same_size_is_read(path: Path) -> None:
    before = WordVectors.load(path, cache=True)
    path.write_bytes(path.read_bytes().replace(b"chip ", b"chop "))
    _touch(path)
    after = WordVectors.load(path, cache=True)
    assert "chop" in after and "chip" not in after and "chip" in before


def test_a_small_file_and_a_folder_that_is_not_writable_get_none(
    tmp_path: Path, random_vectors: WordVectors, monkeypatch: pytest.MonkeyPatch
) -> None:
    random_vectors.save(tmp_path / "v.txt")
    WordVectors.load(tmp_path / "v.txt", cache=True)
    assert os.listdir(tmp_path) == ["v.txt"]
    monkeypatch.setattr(vector_cache, "MIN_BYTES", 0)

    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(vector_cache, "whole_file", refuse)
    assert WordVectors.load(tmp_path / "v.txt", cache=True).tokens == random_vectors.tokens
    assert os.listdir(tmp_path) == ["v.txt"]


ASK = """
import sys, time
from gluon_softmax.models.vectors import WordVectors

def anonymous():  # memory that no file backs, in MiB
    return int(next(l for l in open("/proc/self/status") if l.startswith("RssAnon")).split()[1]) / 1024

vectors = WordVectors.load(sys.argv[1], cache=True)
vectors.most_similar("w5", 10)
seconds = []
for i in range(5):
    start = time.thread_time()
    vectors.most_similar(f"w{i}", 10)
    seconds.append(time.thread_time() - start)
start = time.thread_time()
vectors.unit @ vectors.unit[7]
print(min(seconds), time.thread_time() - start, anonymous())
"""


@pytest.mark.slow
def test_a_million_words_answer_in_little_more_than_one_product_and_in_bounded_memory(tmp_path: Path) -> None:
    """400 MB of vectors; the file is a stand-in that only has the size, since its text would take minutes."""
    num_words, size = 1_000_000, 100
    matrix = numpy.random.default_rng(0).standard_normal((num_words, size), dtype=numpy.float32)
    vectors = WordVectors([f"w{i}" for i in range(num_words)], matrix)
    path = tmp_path / "vectors.txt"
    path.write_bytes(b"\n" * vector_cache.MIN_BYTES)
    kept = vector_cache.Kept(vectors.tokens, vectors.matrix, vectors.unit, vectors._zeros)
    vector_cache.write_cache(path, kept)
    del vectors, matrix, kept
    done = subprocess.run([sys.executable, "-c", ASK, str(path)], capture_output=True, text=True, check=True)
    query, product, memory = map(float, done.stdout.split())
    print(f"{query:.4f} s a query, {product:.4f} s the product, {memory:.0f} MiB anonymous")
    assert query < max(0.05, product + 0.02)  # one core reads 400 MB in 30 ms or more
    assert memory < 500  # the words; both arrays are 800 MB
