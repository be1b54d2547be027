"""Analogy questions beside gensim, section by section, and by hand."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy
import pytest

from gluon_softmax.models import analogy_questions
from gluon_softmax.models.analogy_questions import Section, evaluate_analogies
from gluon_softmax.models.vectors import WordVectors


def peer_of(vectors: WordVectors) -> Any:
    peer = pytest.importorskip("gensim.models").KeyedVectors(vector_size=vectors.matrix.shape[1])
    peer.add_vectors(vectors.tokens, vectors.matrix)
    return peer


def sample_of(path: Path, step: int) -> str:
    """Every `step`-th question, with all sections."""
    lines = path.read_text("utf-8").splitlines()
    return "\n".join(line for i, line in enumerate(lines) if line.startswith(":") or i % step == 0)


def vectors_for(text: str, seed: int) -> WordVectors:
    """Vectors in which a question's answer is often the nearest: each pair has a direction of its section."""
    rng = numpy.random.default_rng(seed)
    rows: dict[str, numpy.ndarray] = {}
    shift = rng.normal(size=12)
    for line in text.splitlines():
        if line.startswith(":"):
            shift = rng.normal(size=12)
            continue
        a, b, *_ = line.split()
        if rng.random() < 0.9:
            base = rows.setdefault(a.lower(), rng.normal(size=12))
            rows.setdefault(b.lower(), base + shift + rng.normal(size=12) * 0.2)
    words = list(rows)
    rng.shuffle(words)
    del words[::20]  # unknown ones
    spelt = [word.title() for word in words[::4] if word.title() not in rows]  # others' second spelling
    matrix = [rows[word] for word in words] + [rows[word.lower()] + 0.1 for word in spelt]
    return WordVectors([*words, *spelt], numpy.array(matrix))


@pytest.mark.parametrize("seed, restrict_vocab", [(0, 300_000), (1, 250)])
def test_the_figures_are_gensim_s_in_every_section(
    seed: int, restrict_vocab: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    utils = pytest.importorskip("gensim.test.utils")
    text = sample_of(Path(utils.datapath("questions-words.txt")), 11)
    (tmp_path / "questions.txt").write_text(text, "utf-8")
    vectors = vectors_for(text, seed)
    score, sections = peer_of(vectors).evaluate_word_analogies(
        str(tmp_path / "questions.txt"), restrict_vocab=restrict_vocab
    )
    monkeypatch.setattr(analogy_questions, "_SCORES", 20_000)  # many blocks
    found = evaluate_analogies(vectors, tmp_path / "questions.txt", restrict_vocab)
    assert [(s.name, s.num_right, s.num_known) for s in found[:-1]] == [
        (s["section"], len(s["correct"]), len(s["correct"]) + len(s["incorrect"])) for s in sections[:-1]
    ]
    total = found[-1]
    assert total.num_right / total.num_known == pytest.approx(score)
    assert 0.05 < score < 0.95 and total.num_known < total.num_questions


def test_by_hand(tmp_path: Path) -> None:
    tokens = ["<unk>", "king", "man", "woman", "queen", "peasant"]
    matrix = [[2, 0.1, 1], [2, 1, 0.1], [0.2, 1, 0], [0.2, 0, 1], [2, 0, 1], [-2, 0.5, 1]]
    path = tmp_path / "questions.txt"
    path.write_text(
        ": royal\nMan King Woman Queen\nman king woman peasant\nman king woman\n: none\na b c d\n"
    )
    assert evaluate_analogies(WordVectors(tokens, matrix), path) == [
        Section("royal", 2, 2, 1),
        Section("none", 1, 0, 0),
        Section("all", 3, 2, 1),
    ]


@pytest.mark.parametrize(
    "content, message",
    [
        (b"", "takes lines of four words below ': name of a section'; got none"),
        (b": a\nb c d\n", "got none"),
        (b"a b c d\n", "line 1: takes a section, ': its name', first; got 'a b c d'"),
        (b": a\n\xff b c d\n", "line 2: takes UTF-8 text"),
    ],
)
def test_wrong_files(content: bytes, message: str, tmp_path: Path) -> None:
    path = tmp_path / "questions.txt"
    path.write_bytes(content)
    with pytest.raises(ValueError, match=message):
        evaluate_analogies(WordVectors(["a", "b"], [[1.0], [2.0]]), path)
