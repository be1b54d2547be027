"""A text with its phrases joined: as gensim joins them, whatever the blocks; all three files or none."""

from __future__ import annotations

import json
import os
from pathlib import Path

import numpy
import pytest
from oracles.small_runs import Call

from gluon_softmax.data import joined_text
from gluon_softmax.data.joined_text import joined, phrases_of, write_joined
from gluon_softmax.utils.errors import CorpusError


def text_of(seed: int, lines: int = 300) -> str:
    rng = numpy.random.default_rng(seed)
    pairs = ["new york", "hong kong", "ice cream", "cream cheese"]
    words = ["the", "a", "new", "cream", "said", "York", "of"]
    return "".join(
        " ".join(rng.choice(pairs if rng.random() < 0.4 else words) for _ in range(rng.integers(0, 9))) + "\n"
        for _ in range(lines)
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for seed, split in enumerate(("train", "valid", "test")):
        (tmp_path / f"{split}.txt").write_text(text_of(seed))
    return tmp_path


@pytest.mark.parametrize("min_count, threshold, delimiter", [(5, 0.05, "_"), (1, 0.03, "--")])
def test_the_text_is_gensim_s(folder: Path, min_count: int, threshold: float, delimiter: str) -> None:
    peer = pytest.importorskip("gensim.models.phrases")
    lines = {
        split: (folder / f"{split}.txt").read_text().splitlines() for split in ("train", "valid", "test")
    }
    model = peer.Phrases(
        [line.split() for line in lines["train"]],
        min_count=min_count,
        threshold=threshold,
        delimiter=delimiter,
    )
    found = phrases_of(str(folder), min_count, threshold)
    expected = model.export_phrases()
    assert {f"{p.first}{delimiter}{p.second}": p.score for p in found} == pytest.approx(expected)
    out = write_joined(str(folder), found, str(folder / "out"), delimiter)
    for split, text in lines.items():
        written = (out / f"{split}.txt").read_text()
        assert written.splitlines() == [" ".join(model[line.split()]) for line in text]
        assert delimiter in written


def test_blocks_leave_no_seam() -> None:
    text = "new york  new york\n\n york new\nice cream cheese \t new"
    second = {"new": {"york"}, "ice": {"cream"}, "cream": {"cheese"}}
    whole = "".join(joined([text], second))
    assert whole == "new_york new_york\n\nyork new\nice_cream cheese new\n"
    for at in (i for i, letter in enumerate(text) if letter.isspace()):
        for end in range(at + 1, len(text)):
            if text[end - 1].isspace():
                blocks = [text[: at + 1], text[at + 1 : end], text[end:]]
                assert "".join(joined(blocks, second)) == whole, blocks


def test_the_unknown_word_is_part_of_no_phrase(tmp_path: Path) -> None:
    for split in ("train", "valid", "test"):
        (tmp_path / f"{split}.txt").write_text("<unk> inc\n" * 50 + "a b\n" * 50)
    assert [phrase[:2] for phrase in phrases_of(str(tmp_path), 1, 0.01)] == [("a", "b")]


def test_a_text_that_cannot_be_read_leaves_nothing(folder: Path, call: Call) -> None:
    (folder / "test.txt").write_bytes(b"a\n\xff\n")
    with pytest.raises(CorpusError, match="UTF-8"):
        phrases_of(str(folder))
    before = sorted(os.listdir(folder))
    status, _, err = call("phrases", folder, "--out", folder / "out")
    assert status == 2 and "takes UTF-8 text, got byte 0xff" in err
    assert sorted(os.listdir(folder)) == before


def test_a_disk_that_is_full_leaves_no_file(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    found = phrases_of(str(folder), 5, 0.05)
    monkeypatch.setattr(joined_text, "_join", full)
    with pytest.raises(OSError, match="No space left"):
        write_joined(str(folder), found, str(folder / "out"))
    assert os.listdir(folder / "out") == []


def test_the_command(folder: Path, call: Call) -> None:
    status, out, err = call("phrases", folder, "--threshold", "0.05", "-k", "2")
    assert (status, err) == (0, "") and len(out.splitlines()) == 3
    assert "hong kong" in out and sorted(os.listdir(folder)) == ["test.txt", "train.txt", "valid.txt"]
    status, out, _ = call(
        "phrases", folder, "--threshold", "0.05", "-k", "1", "--out", folder / "out", "--json"
    )
    found = json.loads(out)
    assert found["out"] == str(folder / "out") and len(found["phrases"]) == 1 < found["num_phrases"]
    assert set(found["phrases"][0]) == {"first", "second", "score", "num_times"}
    assert "hong_kong" in (folder / "out" / "train.txt").read_text()
